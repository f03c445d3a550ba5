import type { ServerState } from "../server_state.ts";
import {
  addressOf,
  type Ending,
  type Listening,
  type ListenOptions,
  opened,
  readListenOptions,
} from "../listen_options.ts";
import { endInOrder } from "../end_in_order.ts";
import { unaryHandler } from "./calls.ts";
import { checkKeys } from "./keys.ts";
import {
  type GrpcCredentials,
  type GrpcHandler,
  type GrpcLibrary,
  type GrpcMethodDefinition,
  type GrpcServer,
  importGrpc,
} from "./grpc_library.ts";
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
 * @param state Its state, which requests read and change.
 * @param options Where it listens.
 */
export async function listenGrpc(
  server: Ending,
  state: ServerState,
  options: ListenOptions | undefined,
): Promise<Listening> {
  const { hostname, port, keys } = readListenOptions(options, DEFAULT_PORT);
  if (keys !== undefined) await checkKeys(keys);
  const library = await importGrpc();
  const toBuffer = await bufferConverter();
  const grpc = new library.Server({
    "grpc.max_receive_message_length": state.limits.maxRequestBytes,
    "grpc.max_send_message_length": -1,
  });
  const streams = new InferenceStreams(state, STREAM_PATH);
  const addMethods = (service: string, methods: Methods) => {
    const definitions: Record<string, GrpcMethodDefinition> = {};
    const handlers: Record<string, GrpcHandler> = {};
    for (const [name, method] of Object.entries(methods)) {
      const path = `/${service}/${name}`;
      definitions[name] = definition(path, false, toBuffer);
      handlers[name] = unaryHandler(state, path, method);
    }
    grpc.addService(definitions, handlers);
  };
  addMethods(HEALTH_SERVICE, HEALTH_METHODS);
  addMethods(INFERENCE_SERVICE, INFERENCE_METHODS);
  grpc.addService(
    { [STREAMED]: definition(STREAM_PATH, true, toBuffer) },
    { [STREAMED]: streams.handle },
  );
  const bound = await opened(
    () =>
      bind(
        grpc,
        addressOf(hostname, port),
        credentials(library, keys, toBuffer),
      ),
    { hostname, port },
  );
  return endInOrder(server, state, {
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

const STREAM_PATH = `/${INFERENCE_SERVICE}/${STREAMED}`;

type Methods = Readonly<Record<string, GrpcMethod>>;

/** Views bytes as the library needs them. */
type ToBuffer = (bytes: Uint8Array) => Uint8Array;

async function bufferConverter(): Promise<ToBuffer> {
  const { Buffer } = await import("node:buffer");
  return ({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength);
}

function definition(
  path: string,
  isStream: boolean,
  responseSerialize: ToBuffer,
): GrpcMethodDefinition {
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: (message) => message,
    // Not a Buffer, whose slices would share its memory.
    requestDeserialize: ({ buffer, byteOffset, byteLength }) =>
      new Uint8Array(buffer, byteOffset, byteLength),
    responseSerialize,
    responseDeserialize: (bytes) => bytes,
  };
}

function credentials(
  { ServerCredentials }: GrpcLibrary,
  keys: { readonly cert: string; readonly key: string } | undefined,
  toBuffer: ToBuffer,
): GrpcCredentials {
  if (keys === undefined) return ServerCredentials.createInsecure();
  const pem = (text: string) => toBuffer(new TextEncoder().encode(text));
  // No roots, with which Deno would ask clients for certificates: the library
  // reads them from the file that an environment variable names.
  return ServerCredentials.createSsl(pem(""), [{
    private_key: pem(keys.key),
    cert_chain: pem(keys.cert),
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
