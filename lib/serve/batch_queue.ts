import type { BatchTiming } from "./batcher_options.ts";
import type { Rows, Tensors } from "./joined_tensors.ts";

/** A request that can be joined to others. */
export interface BatchRequest {
  readonly rows: Rows;
  readonly since: number;
  readonly observe: ((timing: BatchTiming) => void) | undefined;
  readonly answer: Promise<Tensors>;
  isDone: boolean;
  resolve(outputs: Tensors): void;
  reject(reason: unknown): void;
}

/** Requests for one call. */
export interface Batch {
  readonly requests: readonly BatchRequest[];
  readonly rows: number;
  /** Whether no later request can be joined. */
  readonly isFull: boolean;
}

/** Requests that wait to be joined, in the order in which they arrived. */
export class BatchQueue {
  readonly #maxSize: number;
  #waiting: BatchRequest[] = [];

  /** @param maxSize The most rows of a call. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** How many requests wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** The request that has waited longest. */
  get oldest(): BatchRequest | undefined {
    return this.#waiting[0];
  }

  /** Adds a request at the end. */
  add(request: BatchRequest): void {
    this.#waiting.push(request);
  }

  /** Removes a request, if it still waits. */
  remove(request: BatchRequest): void {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Removes and returns all requests. */
  clear(): BatchRequest[] {
    return this.#waiting.splice(0);
  }

  /** The request that waits longest, and those after it that can be joined. */
  batchOf(oldest: BatchRequest): Batch {
    const requests: BatchRequest[] = [];
    let rows = 0;
    for (const request of this.#waiting) {
      if (request.rows.key !== oldest.rows.key) continue;
      // A later request does not overtake one that does not fit.
      if (rows + request.rows.count > this.#maxSize) {
        return { requests, rows, isFull: true };
      }
      requests.push(request);
      rows += request.rows.count;
    }
    return { requests, rows, isFull: rows === this.#maxSize };
  }

  /** Removes the requests of a batch. */
  take({ requests }: Batch): void {
    const taken = new Set(requests);
    this.#waiting = this.#waiting.filter((it) => !taken.has(it));
  }
}
