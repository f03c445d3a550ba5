import type { Argument } from "../call/argument.ts";
import type { Batch, BatchRequest } from "./batch_queue.ts";
import type { RowJoiner, Rows, Tensors } from "./joined_tensors.ts";
import type { Pool } from "./pool.ts";

/** Calls a function once for the rows of several requests, and counts. */
export class BatchCaller {
  readonly #pool: Pool;
  readonly #joiner: RowJoiner;
  readonly #sizes: readonly number[];
  /** Calls by their number of rows, without padding. */
  readonly batches: Map<number, number> = new Map();
  /** Requests by what became of them. */
  readonly counts: Record<
    "running" | "completed" | "failed" | "aborted",
    number
  > = { running: 0, completed: 0, failed: 0, aborted: 0 };
  /** Calls that run. */
  calls = 0;

  /**
   * @param pool Runs the function.
   * @param joiner Joins its inputs, and splits its outputs.
   * @param sizes Numbers of rows that calls are padded to, ascending.
   */
  constructor(pool: Pool, joiner: RowJoiner, sizes: readonly number[]) {
    this.#pool = pool;
    this.#joiner = joiner;
    this.#sizes = sizes;
  }

  /** Whether a call would begin at once. */
  get hasIdle(): boolean {
    return this.calls < this.#pool.size;
  }

  /** Answers the requests of a batch. Never rejects. */
  async run({ requests, rows }: Batch): Promise<void> {
    this.calls++;
    this.counts.running += requests.length;
    this.batches.set(rows, (this.batches.get(rows) ?? 0) + 1);
    try {
      await this.#answer(requests, rows);
    } catch (error) {
      if (requests.length === 1) this.#reject(requests[0]!, error);
      else await this.#runEach(requests);
    } finally {
      this.calls--;
      this.counts.running -= requests.length;
    }
  }

  /** Rejects a request, unless it was answered. */
  abort(request: BatchRequest, reason: unknown): void {
    if (request.isDone) return;
    this.counts.aborted++;
    request.isDone = true;
    request.reject(reason);
  }

  // A joined call failed, and the faulty request is unknown.
  async #runEach(requests: readonly BatchRequest[]): Promise<void> {
    for (const request of requests) {
      if (request.isDone) continue;
      try {
        await this.#answer([request], request.rows.count);
      } catch (error) {
        this.#reject(request, error);
      }
    }
  }

  async #answer(
    requests: readonly BatchRequest[],
    rows: number,
  ): Promise<void> {
    const start = performance.now();
    const outputs = await this.#call(requests.map((it) => it.rows));
    const ran = performance.now() - start;
    for (const [at, request] of requests.entries()) {
      request.observe?.({
        waited: start - request.since,
        ran,
        rows,
        ownRows: request.rows.count,
        requests: requests.length,
      });
      if (request.isDone) continue;
      this.counts.completed++;
      request.isDone = true;
      request.resolve(outputs[at]!);
    }
  }

  async #call(requests: readonly Rows[]): Promise<Tensors[]> {
    const counts = requests.map(({ count }) => count);
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const size = this.#sizes.find((it) => it >= rows) ?? rows;
    const inputs = this.#joiner.join(requests, rows, size);
    // Joined inputs were checked.
    const outputs = await this.#pool.use((fn) =>
      fn.runAlone(inputs as unknown as Readonly<Record<string, Argument>>)
    );
    return this.#joiner.split(outputs, counts, size);
  }

  #reject(request: BatchRequest, reason: unknown): void {
    if (request.isDone) return;
    this.counts.failed++;
    request.isDone = true;
    request.reject(reason);
  }
}
