import type { ServerState } from "../server_state.ts";
import { modelConfig, modelMetadata, serverMetadata } from "../metadata.ts";
import { changeModel, needRepository } from "../repository_change.ts";
import { notFound } from "../http_errors.ts";
import { runInference } from "../run_inference.ts";
import type { ServedModel } from "../served_model.ts";
import { statisticsJson } from "../statistics_json.ts";
import { dataTypeNumber } from "./data_type_number.ts";
import { inferResponse, readInputs } from "./inference.ts";
import {
  CONFIG_RESPONSE,
  HEALTH_REQUEST,
  HEALTH_RESPONSE,
  INDEX_REQUEST,
  INDEX_RESPONSE,
  LOAD_REQUEST,
  type LoadRequest,
  STATISTICS_RESPONSE,
  type TensorConfiguration,
} from "./management_messages.ts";
import type { Message } from "./message.ts";
import {
  EMPTY,
  type Empty,
  INFER_REQUEST,
  INFER_RESPONSE,
  type InferRequest,
  type InferResponse,
  LIVE_RESPONSE,
  MODEL_METADATA,
  MODEL_REQUEST,
  type ModelRequest,
  READY_RESPONSE,
  SERVER_METADATA,
} from "./messages.ts";

/** A method with one request and one answer. */
export interface GrpcMethod {
  /** Whether it needs no token. */
  readonly isOpen: boolean;
  /**
   * Answers a call.
   *
   * @param server The server.
   * @param bytes The request.
   * @param gone Aborted when the client no longer waits.
   */
  answer(
    server: ServerState,
    bytes: Uint8Array<ArrayBuffer>,
    gone: AbortSignal,
  ): Promise<Uint8Array>;
}

function method<Request, Response>(
  request: Message<Request>,
  response: Message<Response>,
  answer: (
    server: ServerState,
    request: Request,
    gone: AbortSignal,
  ) => Response | Promise<Response>,
  isOpen = false,
): GrpcMethod {
  return {
    isOpen,
    answer: async (server, bytes, gone) =>
      response.encode(await answer(server, request.decode(bytes), gone)),
  };
}

/** Name of the inference service. */
export const INFERENCE_SERVICE = "inference.GRPCInferenceService";

/** Name of the health service. */
export const HEALTH_SERVICE = "grpc.health.v1.Health";

const isReady = ({ state }: ServerState) => state === "ready";

const find = ({ models }: ServerState, { name, version }: ModelRequest) =>
  models.find(name, version === "" ? undefined : version);

/** Methods of the inference service by name. */
export const INFERENCE_METHODS: Readonly<Record<string, GrpcMethod>> = {
  ServerLive: method(EMPTY, LIVE_RESPONSE, () => ({ live: true }), true),
  ServerReady: method(
    EMPTY,
    READY_RESPONSE,
    (server) => ({ ready: isReady(server) }),
    true,
  ),
  ModelReady: method(MODEL_REQUEST, READY_RESPONSE, (server, request) => ({
    ready: isReady(server) && has(server, request),
  })),
  ServerMetadata: method(
    EMPTY,
    SERVER_METADATA,
    ({ limits, repository }) =>
      serverMetadata(limits.name, repository !== undefined),
  ),
  ModelMetadata: method(
    MODEL_REQUEST,
    MODEL_METADATA,
    (server, request) =>
      modelMetadata(
        find(server, request),
        server.models.versions(request.name),
      ),
  ),
  ModelInfer: method(INFER_REQUEST, INFER_RESPONSE, infer),
  ModelConfig: method(MODEL_REQUEST, CONFIG_RESPONSE, (server, request) => {
    const { input, output, ...rest } = modelConfig(find(server, request));
    const numbered = ({ data_type, ...rest }: typeof input[number]) =>
      ({
        ...rest,
        data_type: dataTypeNumber(data_type),
      }) satisfies TensorConfiguration;
    return {
      config: {
        ...rest,
        input: input.map(numbered),
        output: output.map(numbered),
      },
    };
  }),
  ModelStatistics: method(
    MODEL_REQUEST,
    STATISTICS_RESPONSE,
    (server, request) => statisticsJson(chosen(server, request)),
  ),
  RepositoryIndex: method(
    INDEX_REQUEST,
    INDEX_RESPONSE,
    async (server, { ready }) => ({
      models: await needRepository(server).index(ready),
    }),
  ),
  RepositoryModelLoad: method(LOAD_REQUEST, EMPTY, change("load")),
  RepositoryModelUnload: method(LOAD_REQUEST, EMPTY, change("unload")),
};

/** Methods of gRPC's own health service, which probes ask. */
export const HEALTH_METHODS: Readonly<Record<string, GrpcMethod>> = {
  Check: method(HEALTH_REQUEST, HEALTH_RESPONSE, (server, { service }) => {
    if (service !== "" && service !== INFERENCE_SERVICE) {
      throw notFound(`no service '${service}'; services: ${INFERENCE_SERVICE}`);
    }
    return { status: isReady(server) ? 1 : 2 };
  }, true),
};

/**
 * Answers a request for inference.
 *
 * @param server The server.
 * @param request The request.
 * @param gone Aborted when the client no longer waits.
 */
export async function infer(
  server: ServerState,
  request: InferRequest,
  gone: AbortSignal,
): Promise<InferResponse> {
  const { model_name: name, model_version } = request;
  const version = model_version === "" ? undefined : model_version;
  const asked = { name, version, client: { signal: gone } };
  return await runInference(server, asked, async (find, ending) => {
    const model = find();
    const inputs = readInputs(model, request);
    return inferResponse(model, request, await model.run(inputs, ending));
  });
}

function has(server: ServerState, request: ModelRequest): boolean {
  const { name, version } = request;
  return server.models.versions(name)
    .some((it) => version === "" || it.version === version);
}

/** The versions that a request for statistics means. */
function chosen(server: ServerState, request: ModelRequest): ServedModel[] {
  if (request.name === "") return [...server.models];
  const model = find(server, request);
  return request.version === ""
    ? server.models.versions(request.name)
    : [model];
}

function change(
  kind: "load" | "unload",
): (server: ServerState, request: LoadRequest) => Promise<Empty> {
  return async (server, { model_name: name, parameters }) => {
    const repository = needRepository(server);
    const names = parameters.map(({ key }) => key);
    await changeModel(repository, kind, name, names);
    return {};
  };
}
