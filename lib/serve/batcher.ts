import { checkSignal } from "../base/deadline.ts";
import { mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { readOptions } from "../base/options.ts";
import type { LoadedProgram } from "../program/program.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import type { NdArray, TensorData } from "../tensor/tensor_data.ts";
import {
  type BatcherOptions,
  type BatcherStatistics,
  type BatchLimits,
  type BatchTiming,
  PROGRAM_OPTIONS,
  type ProgramBatcherOptions,
  readBatcherOptions,
} from "./batcher_options.ts";
import { RowJoiner, type Rows } from "./joined_tensors.ts";
import { Pool, type RequestOptions } from "./pool.ts";
import { QueueFullError } from "./queue_full.ts";

interface Request {
  readonly rows: Rows;
  readonly since: number;
  readonly observe: ((timing: BatchTiming) => void) | undefined;
  isDone: boolean;
  resolve(outputs: Record<string, NdArray>): void;
  reject(reason: unknown): void;
}

/**
 * Joins concurrent requests to one call, along the first dimension of every
 * tensor, and splits the results. A call for a hundred rows is much faster than a
 * hundred calls.
 *
 * All inputs and outputs of the function have the same first dimension: `?`, or a
 * number that calls are padded to. Each row's results must not depend on other
 * rows. If a joined call fails, each of its requests runs alone, so that a failure
 * is the request's own.
 *
 * @example
 * ```ts ignore needs a file
 * import { load } from "@iree/runtime";
 * import { Batcher } from "@iree/runtime/serve";
 *
 * using program = load("score.vmfb");
 * using batcher = Batcher.of(program, { maxSize: 64 });
 * const answers = [1, 2, 3].map((it) =>
 *   batcher.run({ input0: [[it, 0, 0, 0]] })
 * );
 * console.log(await Promise.all(answers), batcher.statistics.batches);
 * ```
 */
export class Batcher implements Disposable, AsyncDisposable {
  readonly #pool: Pool;
  readonly #joiner: RowJoiner;
  readonly #limits: BatchLimits;
  readonly #resources = new DisposableStack();
  readonly #batches = new Map<number, number>();
  readonly #counts = {
    running: 0,
    completed: 0,
    failed: 0,
    aborted: 0,
    rejected: 0,
  };
  #waiting: Request[] = [];
  #calls = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAwake = false;
  #closed: IreeError | undefined;
  #drained: (() => void)[] = [];

  /**
   * Creates a batcher over a pool, which the caller still owns and which runs
   * nothing else.
   *
   * @param pool The pool.
   * @param options When requests are joined.
   */
  constructor(pool: Pool, options?: BatcherOptions) {
    if (!Pool.is(pool)) throw mustBe("pool", "a Pool", pool);
    const { functionName, inputs, outputs } = pool;
    this.#pool = pool;
    this.#joiner = new RowJoiner(functionName, inputs, outputs);
    this.#limits = readBatcherOptions(options, this.#joiner.rows);
  }

  /**
   * Creates a batcher over a program and forks of it. The batcher owns the
   * forks, and the caller still owns the program.
   *
   * @param program The program.
   * @param options Which function, how many instances, and when requests are
   * joined.
   */
  static of(
    program: LoadedProgram,
    options?: ProgramBatcherOptions,
  ): Batcher {
    const { function: name, instances, ...rest } = readOptions(
      options,
      PROGRAM_OPTIONS,
    );
    using resources = new DisposableStack();
    const pool = resources.use(
      Pool.of(program, { function: name, instances }),
    );
    const batcher = new Batcher(pool, rest);
    batcher.#resources.use(resources.move());
    return batcher;
  }

  /** The function's inputs in order. */
  get inputs(): readonly ValueDescription[] {
    return this.#pool.inputs;
  }

  /** The function's outputs in order. */
  get outputs(): readonly ValueDescription[] {
    return this.#pool.outputs;
  }

  /** The most rows of one call. */
  get maxSize(): number {
    return this.#limits.maxSize;
  }

  /** Counts of requests and calls. */
  get statistics(): BatcherStatistics {
    return {
      ...this.#counts,
      waiting: this.#waiting.length,
      batches: new Map(this.#batches),
    };
  }

  /**
   * Runs the function for the rows of one request.
   *
   * @param inputs The inputs by name, all with the same number of rows: numbers
   * nested as the declared shape, an array, or an `NdArray`. They must not change
   * until the promise settles.
   * @param options The signal that aborts the request.
   * @returns The outputs by name, with as many rows. Rejects with
   * INVALID_ARGUMENT for inputs that do not fit, with a `QueueFullError` if too
   * many requests wait, with UNAVAILABLE once the batcher was disposed, and with
   * the signal's reason.
   */
  async run(
    inputs: Readonly<Record<string, TensorData>>,
    options?: RequestOptions,
  ): Promise<Record<string, NdArray>> {
    const { signal } = readOptions(options, { signal: true });
    return await this.runObserved(inputs, signal, undefined);
  }

  /**
   * Does the same, and reports how the request was run.
   *
   * @internal
   */
  async runObserved(
    inputs: Readonly<Record<string, TensorData>>,
    signal: AbortSignal | undefined,
    observe: ((timing: BatchTiming) => void) | undefined,
  ): Promise<Record<string, NdArray>> {
    checkSignal(signal);
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const rows = this.#joiner.read(inputs);
    if (rows.count > this.#limits.maxSize) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `a request must have at most ${this.#limits.maxSize} rows, got ${rows.count}`,
      );
    }
    // Those that an idle instance is about to take do not wait for one.
    const taken = (this.#pool.size - this.#calls) * this.#limits.maxSize;
    if (this.#waiting.length >= this.#limits.maxQueue + taken) {
      this.#counts.rejected++;
      throw new QueueFullError(this.#limits.maxQueue);
    }
    const { promise, resolve, reject } = Promise.withResolvers<
      Record<string, NdArray>
    >();
    const since = performance.now();
    const request = { rows, since, observe, resolve, reject, isDone: false };
    const abort = () => this.#abort(request, signal!.reason);
    signal?.addEventListener("abort", abort);
    this.#waiting.push(request);
    this.#wake();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Rejects further requests and waits for the earlier ones, then disposes. */
  async drain(): Promise<void> {
    this.#closed ??= disposed();
    this.#start();
    if (this.#waiting.length > 0 || this.#calls > 0) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
    this.dispose();
  }

  /**
   * Rejects further requests and those that wait. Calls that run end
   * undisturbed.
   */
  dispose(): void {
    this.#closed ??= disposed();
    clearTimeout(this.#timer);
    for (const request of this.#waiting.splice(0)) {
      request.isDone = true;
      request.reject(this.#closed);
    }
    this.#settle();
    this.#resources.dispose();
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Same as {@linkcode drain}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }

  get #hasIdle(): boolean {
    return this.#calls < this.#pool.size;
  }

  #abort(request: Request, reason: unknown): void {
    if (request.isDone) return;
    request.isDone = true;
    this.#counts.aborted++;
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
    request.reject(reason);
    this.#settle();
  }

  // Requests of the same turn of the event loop are joined.
  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    queueMicrotask(() => {
      this.#isAwake = false;
      this.#start();
    });
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#hasIdle && this.#waiting.length > 0) {
      const [oldest] = this.#waiting;
      const batch = this.#batchOf(oldest!);
      const left = this.#limits.maxDelay - (performance.now() - oldest!.since);
      if (left > 0 && !batch.isFull && this.#closed === undefined) {
        this.#timer = setTimeout(() => this.#start(), Math.ceil(left));
        return;
      }
      const chosen = new Set(batch.requests);
      this.#waiting = this.#waiting.filter((it) => !chosen.has(it));
      this.#run(batch.requests, batch.rows);
    }
  }

  /** The oldest request, and those after it that can be joined to it. */
  #batchOf(
    oldest: Request,
  ): { requests: Request[]; rows: number; isFull: boolean } {
    const requests: Request[] = [];
    let rows = 0;
    for (const request of this.#waiting) {
      if (request.rows.key !== oldest.rows.key) continue;
      // A later request does not overtake one that does not fit.
      if (rows + request.rows.count > this.#limits.maxSize) {
        return { requests, rows, isFull: true };
      }
      requests.push(request);
      rows += request.rows.count;
    }
    return { requests, rows, isFull: rows === this.#limits.maxSize };
  }

  async #run(requests: readonly Request[], rows: number): Promise<void> {
    this.#calls++;
    this.#counts.running += requests.length;
    this.#batches.set(rows, (this.#batches.get(rows) ?? 0) + 1);
    const start = performance.now();
    try {
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
        this.#resolve(request, outputs[at]!);
      }
    } catch (error) {
      if (requests.length === 1) this.#reject(requests[0]!, error);
      else await this.#runEach(requests);
    } finally {
      this.#calls--;
      this.#counts.running -= requests.length;
    }
    this.#start();
    this.#settle();
  }

  // A joined call failed, and the faulty request is unknown.
  async #runEach(requests: readonly Request[]): Promise<void> {
    for (const request of requests) {
      if (request.isDone) continue;
      const start = performance.now();
      try {
        const [outputs] = await this.#call([request.rows]);
        request.observe?.({
          waited: start - request.since,
          ran: performance.now() - start,
          rows: request.rows.count,
          ownRows: request.rows.count,
          requests: 1,
        });
        this.#resolve(request, outputs!);
      } catch (error) {
        this.#reject(request, error);
      }
    }
  }

  async #call(requests: readonly Rows[]): Promise<Record<string, NdArray>[]> {
    const counts = requests.map(({ count }) => count);
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const size = this.#limits.sizes.find((it) => it >= rows) ?? rows;
    const inputs = this.#joiner.join(requests, size);
    const outputs = await this.#pool.run(inputs);
    return this.#joiner.split(outputs, counts, size);
  }

  #resolve(request: Request, outputs: Record<string, NdArray>): void {
    if (request.isDone) return;
    request.isDone = true;
    this.#counts.completed++;
    request.resolve(outputs);
  }

  #reject(request: Request, reason: unknown): void {
    if (request.isDone) return;
    request.isDone = true;
    this.#counts.failed++;
    request.reject(reason);
  }

  #settle(): void {
    if (this.#waiting.length > 0 || this.#calls > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

function disposed(): IreeError {
  return new IreeError("UNAVAILABLE", "the batcher was disposed");
}
