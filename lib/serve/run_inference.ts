import type { ServerState } from "./server_state.ts";
import { describeFailure } from "./failure_status.ts";
import { unavailable } from "./http_errors.ts";
import type { ServedModel } from "./served_model.ts";

/** Which model a request asks, and until when. */
export interface Asked {
  readonly name: string;
  readonly version: string | undefined;
  /** Aborted when the client no longer waits. */
  readonly gone: AbortSignal;
}

/**
 * Runs a request for inference: ends it in time, and counts it.
 *
 * @param server The server.
 * @param asked What it asks.
 * @param work Reads the request, runs it and writes the answer. It finds the
 * model when the request is there, since it may have been replaced meanwhile.
 */
export async function runInference<Result>(
  server: ServerState,
  { name, version, gone }: Asked,
  work: (find: () => ServedModel, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const start = performance.now();
  let model = server.models.find(name, version);
  const { signal, release } = server.signals.watch(gone);
  let status = 200;
  try {
    if (server.state === "closed") {
      throw unavailable("the server is shutting down");
    }
    return await work(
      () => model = server.models.find(name, version),
      signal,
    );
  } catch (error) {
    status = describeFailure(error).status;
    throw error;
  } finally {
    model.statistics.ended(status, performance.now() - start);
    release();
  }
}
