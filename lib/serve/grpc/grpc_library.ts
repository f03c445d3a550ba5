import { IreeError } from "../../base/error.ts";

/** Package and version of the library that speaks gRPC. */
const PACKAGE = "npm:@grpc/grpc-js@1.14.7";

/** What a client sends along with a call. */
export interface GrpcMetadata {
  get(name: string): readonly (string | Uint8Array)[];
}

/** A failure as the library sends it. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

/** A call of a client, as the library passes it. */
export interface GrpcCall {
  readonly metadata: GrpcMetadata;
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  on(event: "cancelled", listener: () => void): void;
}

/** A call with one request and one answer. */
export interface GrpcUnaryCall extends GrpcCall {
  readonly request: Uint8Array<ArrayBuffer>;
}

/** A call with a stream of requests and a stream of answers. */
export interface GrpcStreamCall extends GrpcCall {
  on(event: "cancelled" | "end" | "drain", listener: () => void): void;
  on(
    event: "data",
    listener: (request: Uint8Array<ArrayBuffer>) => void,
  ): void;
  on(event: "error", listener: (error: unknown) => void): void;
  pause(): void;
  resume(): void;
  write(answer: Uint8Array): boolean;
  end(): void;
  emit(event: "error", status: GrpcStatus): void;
}

/** Sends the answer of a call, or its failure. */
export type GrpcCallback = (
  failure: GrpcStatus | null,
  answer?: Uint8Array,
) => void;

/** A method of a service. Messages are bytes. */
export interface GrpcMethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  requestSerialize(message: Uint8Array): Uint8Array;
  requestDeserialize(bytes: Uint8Array): Uint8Array;
  responseSerialize(message: Uint8Array): Uint8Array;
  responseDeserialize(bytes: Uint8Array): Uint8Array;
}

/** Answers the calls of a method. */
export type GrpcHandler =
  | ((call: GrpcUnaryCall, callback: GrpcCallback) => void)
  | ((call: GrpcStreamCall) => void);

/** Keys of a server. */
export interface GrpcCredentials {
  /** The library's own mark. */
  readonly _isServerCredentials?: never;
}

/** A server of the library. */
export interface GrpcServer {
  addService(
    methods: Readonly<Record<string, GrpcMethodDefinition>>,
    handlers: Readonly<Record<string, GrpcHandler>>,
  ): void;
  bindAsync(
    address: string,
    credentials: GrpcCredentials,
    done: (error: Error | null, port: number) => void,
  ): void;
  tryShutdown(done: (error?: Error) => void): void;
  forceShutdown(): void;
}

/** The library, as far as it is used. */
export interface GrpcLibrary {
  readonly Server: new (
    options: Readonly<Record<string, number>>,
  ) => GrpcServer;
  readonly ServerCredentials: {
    createInsecure(): GrpcCredentials;
    createSsl(
      roots: Uint8Array,
      keys: readonly {
        readonly private_key: Uint8Array;
        readonly cert_chain: Uint8Array;
      }[],
    ): GrpcCredentials;
  };
}

/**
 * Imports the library. Deno downloads it at the first time.
 */
export async function importGrpc(): Promise<GrpcLibrary> {
  try {
    return await import(PACKAGE);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError("UNAVAILABLE", `cannot load ${PACKAGE}: ${reason}`, {
      cause,
      hint: `gRPC needs this package; download it with: deno cache ${PACKAGE}`,
    });
  }
}
