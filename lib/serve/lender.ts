import { type Aborting, untilAborted } from "../base/abort_signal.ts";
import type { IreeError } from "../base/error.ts";
import { QueueFullError } from "./queue_full.ts";

/** Counts of what was lent. */
export interface LenderStatistics {
  /** Uses that run now. */
  readonly running: number;
  /** Requests that wait now. */
  readonly waiting: number;
  /** Uses that ended without a failure. */
  readonly completed: number;
  /** Uses that failed. */
  readonly failed: number;
  /** Requests that were aborted before their use began. */
  readonly aborted: number;
  /** Requests that found the queue full. */
  readonly rejected: number;
  /** Milliseconds that requests have waited, in total. */
  readonly queueTime: number;
  /** Milliseconds that uses have taken, in total. */
  readonly runTime: number;
}

/** A request that waits. */
interface Waiting<Item> {
  readonly since: number;
  take(item: Item): void;
  fail(reason: unknown): void;
}

/**
 * Lends items, one user at a time each, in the order of the requests. A limited
 * number of requests waits.
 *
 * @typeParam Item What is lent.
 */
export class Lender<Item> {
  readonly #idle: Item[];
  readonly #limit: number;
  readonly #waiting = new Set<Waiting<Item>>();
  readonly #drained: (() => void)[] = [];
  readonly #counts = {
    running: 0,
    completed: 0,
    failed: 0,
    aborted: 0,
    rejected: 0,
    queueTime: 0,
    runTime: 0,
  };
  #closed: IreeError | undefined;

  constructor(items: readonly Item[], limit: number) {
    this.#idle = [...items];
    this.#limit = limit;
  }

  get statistics(): LenderStatistics {
    return { ...this.#counts, waiting: this.#waiting.size };
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** Runs work with an item; see `Pool.use`. */
  async use<Result>(
    work: (item: Item, waited: number) => Result | Promise<Result>,
    signal?: Aborting,
  ): Promise<Result> {
    if (signal?.aborted) throw signal.reason;
    if (this.#closed !== undefined) throw this.#closed;
    const since = performance.now();
    const idle = this.#idle.pop();
    if (idle !== undefined) this.#counts.running++;
    const item = idle ?? await this.#wait(since, signal);
    const waited = performance.now() - since;
    this.#counts.queueTime += waited;
    return await this.#lend(item, () => work(item, waited), signal);
  }

  /** Rejects new requests, and resolves when the earlier ones have ended. */
  async drain(closed: IreeError): Promise<void> {
    this.#closed ??= closed;
    if (this.#counts.running === 0 && this.#waiting.size === 0) return;
    await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** Rejects new requests and those that wait. */
  close(closed: IreeError): void {
    this.#closed ??= closed;
    for (const waiting of this.#waiting) waiting.fail(closed);
    this.#waiting.clear();
    this.#settle();
  }

  #wait(since: number, signal: Aborting | undefined): Promise<Item> {
    if (this.#waiting.size >= this.#limit) {
      this.#counts.rejected++;
      throw new QueueFullError(this.#limit);
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(waiting);
        this.#counts.aborted++;
        reject(signal!.reason);
        this.#settle();
      };
      const waiting: Waiting<Item> = {
        since,
        take: (item) => {
          signal?.removeEventListener("abort", abort);
          resolve(item);
        },
        fail: (reason) => {
          signal?.removeEventListener("abort", abort);
          reject(reason);
        },
      };
      signal?.addEventListener("abort", abort);
      this.#waiting.add(waiting);
    });
  }

  // The caller's promise rejects at once when the signal is aborted; the item is
  // lent again only when the work has ended.
  #lend<Result>(
    item: Item,
    work: () => Result | Promise<Result>,
    signal: Aborting | undefined,
  ): Promise<Result> {
    return untilAborted(this.#run(item, work), signal, () => {});
  }

  async #run<Result>(
    item: Item,
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    const start = performance.now();
    try {
      const result = await work();
      this.#counts.completed++;
      return result;
    } catch (error) {
      this.#counts.failed++;
      throw error;
    } finally {
      this.#counts.runTime += performance.now() - start;
      this.#giveBack(item);
    }
  }

  #giveBack(item: Item): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#idle.push(item);
      this.#counts.running--;
      this.#settle();
    } else {
      this.#waiting.delete(next);
      next.take(item);
    }
  }

  #settle(): void {
    if (this.#counts.running > 0 || this.#waiting.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
