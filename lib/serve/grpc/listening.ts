import { Buffer } from "node:buffer";
import type { Answering } from "../answering.ts";
import {
  addressOf,
  type Ending,
  type Listening,
  type ListenOptions,
  opened,
  readListenOptions,
} from "../listening.ts";
import { endInOrder } from "../shutdown.ts";
import { unaryHandler } from "./calls.ts";
import { checkKeys } from "./keys.ts";
import {
  type GrpcCredentials,
  type GrpcHandler,
  type GrpcLibrary,
  type GrpcMethodDefinition,
  type GrpcServer,
  importGrpc,
} from "./library.ts";
import {
  type GrpcMethod,
  HEALTH_METHODS,
  HEALTH_SERVICE,
  INFERENCE_METHODS,
  INFERENCE_SERVICE,
} from "./methods.ts";
import { InferenceStreams } from "./streams.ts";

/** The port of gRPC, unless another is asked for. */
const DEFAULT_PORT = 8001;

/**
 * Listens for calls of gRPC.
 *
 * @param server The server.
 * @param answering Its requests.
 * @param options Where it listens.
 */
export async function listenGrpc(
  server: Ending,
  answering: Answering,
  options: ListenOptions | undefined,
): Promise<Listening> {
  const { hostname, port, keys } = readListenOptions(options, DEFAULT_PORT);
  if (keys !== undefined) await checkKeys(keys);
  const library = await importGrpc();
  const grpc = new library.Server({
    "grpc.max_receive_message_length": answering.limits.maxRequestBytes,
    "grpc.max_send_message_length": -1,
  });
  const streams = new InferenceStreams(answering, pathOf(STREAMED));
  addService(grpc, answering, HEALTH_SERVICE, HEALTH_METHODS);
  addService(grpc, answering, INFERENCE_SERVICE, INFERENCE_METHODS);
  grpc.addService(
    { [STREAMED]: definition(INFERENCE_SERVICE, STREAMED, true) },
    { [STREAMED]: streams.handle },
  );
  const bound = await opened(
    () => bind(grpc, addressOf(hostname, port), credentials(library, keys)),
    { hostname, port },
  );
  return endInOrder(server, answering, {
    url: `grpc${keys === undefined ? "" : "s"}://${addressOf(hostname, bound)}`,
    port: bound,
    close: async () => {
      streams.end();
      await new Promise<void>((resolve) => grpc.tryShutdown(() => resolve()));
    },
    abort: () => grpc.forceShutdown(),
  });
}

const STREAMED = "ModelStreamInfer";

const pathOf = (method: string) => `/${INFERENCE_SERVICE}/${method}`;

function addService(
  grpc: GrpcServer,
  answering: Answering,
  service: string,
  methods: Readonly<Record<string, GrpcMethod>>,
): void {
  const definitions: Record<string, GrpcMethodDefinition> = {};
  const handlers: Record<string, GrpcHandler> = {};
  for (const [name, method] of Object.entries(methods)) {
    definitions[name] = definition(service, name, false);
    handlers[name] = unaryHandler(answering, definitions[name].path, method);
  }
  grpc.addService(definitions, handlers);
}

function definition(
  service: string,
  name: string,
  isStream: boolean,
): GrpcMethodDefinition {
  return {
    path: `/${service}/${name}`,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: (message) => message,
    // Not a Buffer, whose slices would share its memory.
    requestDeserialize: ({ buffer, byteOffset, byteLength }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
    // The library copies it as a Buffer does.
    responseSerialize: ({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    responseDeserialize: (bytes) => bytes,
  };
}

function credentials(
  { ServerCredentials }: GrpcLibrary,
  keys: { readonly cert: string; readonly key: string } | undefined,
): GrpcCredentials {
  if (keys === undefined) return ServerCredentials.createInsecure();
  // No roots, with which Deno would ask clients for certificates: the library
  // reads them from the file that an environment variable names.
  return ServerCredentials.createSsl(Buffer.from(""), [{
    private_key: Buffer.from(keys.key),
    cert_chain: Buffer.from(keys.cert),
  }]);
}

function bind(
  grpc: GrpcServer,
  address: string,
  credentials: GrpcCredentials,
): Promise<number> {
  return new Promise((resolve, reject) =>
    grpc.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    })
  );
}
