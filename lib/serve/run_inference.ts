import type { ServerState } from "./server_state.ts";
import { describeFailure } from "./failure_status.ts";
import { unavailable } from "./http_errors.ts";
import type { Client, RequestEnd } from "./request_signal.ts";
import type { ServedModel } from "./served_model.ts";

/** Which model a request asks, and until when. */
export interface Asked {
  readonly name: string;
  readonly version: string | undefined;
  readonly client: Client;
  /** Milliseconds after which the client's signal is read; at once by default. */
  readonly patience?: number;
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
  { name, version, client, patience }: Asked,
  work: (find: () => ServedModel, ending: RequestEnd) => Promise<Result>,
): Promise<Result> {
  const start = performance.now();
  let model = server.models.find(name, version);
  const ending = server.signals.watch(client, patience);
  let status = 200;
  try {
    if (server.state === "closed") {
      throw unavailable("the server is shutting down");
    }
    return await work(
      () => model = server.models.find(name, version),
      ending,
    );
  } catch (error) {
    status = describeFailure(error).status;
    throw error;
  } finally {
    model.statistics.ended(status, performance.now() - start);
    ending.release();
  }
}
