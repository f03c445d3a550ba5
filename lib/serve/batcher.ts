import { type Aborting, checkSignal } from "../base/abort_signal.ts";
import { mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { readOptions } from "../base/options.ts";
import type { LoadedProgram } from "../program/program.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import { ndArray } from "../tensor/nd_array.ts";
import type { NdArray, TensorData } from "../tensor/tensor_data.ts";
import { BatchCaller } from "./batch_caller.ts";
import { type Batch, BatchQueue, type BatchRequest } from "./batch_queue.ts";
import {
  type BatcherOptions,
  type BatcherStatistics,
  type BatchLimits,
  type BatchTiming,
  PROGRAM_OPTIONS,
  type ProgramBatcherOptions,
  readBatcherOptions,
} from "./batcher_options.ts";
import type { RawTensor } from "./data_type.ts";
import { RowJoiner, type Rows, type Tensors } from "./joined_tensors.ts";
import { Pool, type RequestOptions } from "./pool.ts";
import { QueueFullError } from "./queue_full.ts";

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
  readonly #caller: BatchCaller;
  readonly #limits: BatchLimits;
  readonly #queue: BatchQueue;
  readonly #resources = new DisposableStack();
  #rejected = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAwake = false;
  /** Whether the last call was for several requests. */
  #isBusy = false;
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
    this.#queue = new BatchQueue(this.#limits.maxSize);
    this.#caller = new BatchCaller(pool, this.#joiner, this.#limits.sizes);
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
      ...this.#caller.counts,
      rejected: this.#rejected,
      waiting: this.#queue.length,
      batches: new Map(this.#caller.batches),
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
    checkSignal(signal)?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    const rows = this.#joiner.read(inputs);
    const request = this.#enqueue(rows, undefined);
    const abort = () => this.#abort(request, signal!.reason);
    signal?.addEventListener("abort", abort);
    try {
      return copiesOf(await request.answer);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Runs inputs whose types and shapes were checked, and reports how. The outputs
   * share their memory with those of other requests.
   *
   * @internal
   */
  runRaw(
    inputs: Readonly<Record<string, RawTensor>>,
    ending: Aborting,
    observe: (timing: BatchTiming) => void,
  ): Promise<Tensors> {
    if (ending.aborted) throw ending.reason;
    if (this.#closed !== undefined) throw this.#closed;
    const request = this.#enqueue(this.#joiner.readRaw(inputs), observe);
    ending.addEventListener("abort", () => {
      this.#abort(request, ending.reason);
    });
    return request.answer;
  }

  #enqueue(
    rows: Rows,
    observe: ((timing: BatchTiming) => void) | undefined,
  ): BatchRequest {
    if (rows.count > this.#limits.maxSize) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `a request must have at most ${this.#limits.maxSize} rows, got ${rows.count}`,
      );
    }
    // Those that an idle instance is about to take do not wait for one.
    const taken = (this.#pool.size - this.#caller.calls) * this.#limits.maxSize;
    if (this.#queue.length >= this.#limits.maxQueue + taken) {
      this.#rejected++;
      throw new QueueFullError(this.#limits.maxQueue);
    }
    const { promise: answer, ...settle } = Promise.withResolvers<Tensors>();
    const since = performance.now();
    const request = { rows, since, observe, answer, ...settle, isDone: false };
    this.#queue.add(request);
    this.#wake();
    return request;
  }

  /** Rejects further requests and waits for the earlier ones, then disposes. */
  async drain(): Promise<void> {
    this.#closed ??= disposed();
    this.#start();
    if (this.#queue.length > 0 || this.#caller.calls > 0) {
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
    for (const request of this.#queue.clear()) {
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

  #abort(request: BatchRequest, reason: unknown): void {
    this.#queue.remove(request);
    this.#caller.abort(request, reason);
    this.#settle();
  }

  // Requests of the same turn of the event loop are joined. A turn that brings
  // several is likely after a call for several; to wait for its end takes longer
  // than the microtasks.
  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    const later = this.#isBusy ? setImmediate : queueMicrotask;
    later(() => {
      this.#isAwake = false;
      this.#start();
    });
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#caller.hasIdle) {
      const { oldest } = this.#queue;
      if (oldest === undefined) return;
      const batch = this.#queue.batchOf(oldest);
      const left = this.#limits.maxDelay - (performance.now() - oldest.since);
      if (left > 0 && !batch.isFull && this.#closed === undefined) {
        this.#timer = setTimeout(() => this.#start(), Math.ceil(left));
        return;
      }
      this.#queue.take(batch);
      this.#run(batch);
    }
  }

  async #run(batch: Batch): Promise<void> {
    this.#isBusy = batch.requests.length > 1;
    await this.#caller.run(batch);
    this.#start();
    this.#settle();
  }

  #settle(): void {
    if (this.#queue.length > 0 || this.#caller.calls > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Copies outputs, so that each has memory of its own. */
function copiesOf(outputs: Tensors): Record<string, NdArray> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { elementType, shape, data }]) => [
      name,
      ndArray(elementType, shape, data.slice()),
    ]),
  );
}

function disposed(): IreeError {
  return new IreeError("UNAVAILABLE", "the batcher was disposed");
}
