import {
  count,
  keepingAlive,
  report,
  type ServerState,
} from "../server_state.ts";
import { describeFailure } from "../failure_status.ts";
import { RequestError } from "../http_errors.ts";
import type {
  GrpcCall,
  GrpcCallback,
  GrpcMetadata,
  GrpcUnaryCall,
} from "./grpc_library.ts";
import type { GrpcMethod } from "./methods.ts";
import { grpcStatus } from "./status.ts";

/**
 * Creates the handler of a method with one request and one answer.
 *
 * @param server The server.
 * @param path The method's path.
 * @param method The method.
 */
export function unaryHandler(
  server: ServerState,
  path: string,
  method: GrpcMethod,
): (call: GrpcUnaryCall, callback: GrpcCallback) => void {
  return async (call, callback) => {
    try {
      const answer = await counted(server, path, async () => {
        if (!method.isOpen) checkToken(server, call.metadata);
        return await method.answer(server, call.request, goneSignal(call));
      });
      callback(null, answer);
    } catch (error) {
      callback(grpcStatus(error));
    }
  };
}

/**
 * Answers a request, counts and reports it.
 *
 * @param server The server.
 * @param path The path of the request's method.
 * @param work Answers it.
 */
export async function counted<Result>(
  server: ServerState,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const start = performance.now();
  const end = (code: string, status: number, failure: { error?: unknown }) => {
    count(server.answers, code);
    const duration = performance.now() - start;
    report(server, { method: "POST", path, status, duration, ...failure });
  };
  try {
    const result = await keepingAlive(server, work);
    end("OK", 200, {});
    return result;
  } catch (error) {
    const { code, status } = describeFailure(error);
    end(code, status, { error });
    throw error;
  }
}

/** Rejects a call without an accepted token. */
export function checkToken(
  { tokens }: ServerState,
  metadata: GrpcMetadata,
): void {
  const [given] = metadata.get("authorization");
  tokens.check(typeof given === "string" ? given : null);
}

/** A signal that is aborted when the client of a call no longer waits. */
export function goneSignal(call: GrpcCall): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    const isLate = Number(call.getDeadline()) <= Date.now();
    controller.abort(isLate ? late() : gone());
  };
  call.on("cancelled", abort);
  if (call.cancelled) abort();
  return controller.signal;
}

function late(): RequestError {
  return new RequestError(
    "DEADLINE_EXCEEDED",
    504,
    "no answer within the client's deadline",
  );
}

function gone(): RequestError {
  return new RequestError("CANCELLED", 499, "the client cancelled the call");
}
