/**
 * A pool of workers, each with the program loaded. Requests wait in one queue,
 * and each worker computes one at a time.
 *
 * @module
 */

/** Numbers that are moved to a worker and back, not copied. */
export type Numbers = Float32Array<ArrayBuffer>;

/** A worker's reply. */
export type Answer =
  | { readonly scores: Numbers }
  | { readonly error: string };

interface Request {
  readonly rows: Numbers;
  readonly resolve: (scores: Numbers) => void;
  readonly reject: (error: Error) => void;
}

/** Computes in several workers. */
export class WorkerPool implements Disposable {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #running = new Map<Worker, Request>();
  readonly #waiting: Request[] = [];
  #end: Error | undefined;

  /**
   * @param path Path of the compiled program.
   * @param size Number of workers.
   */
  constructor(path: string, size: number) {
    this.#workers = Array.from({ length: size }, () => this.#start(path));
    this.#idle = [...this.#workers];
  }

  #start(path: string): Worker {
    const url = new URL("./worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: path });
    worker.onmessage = ({ data }) => this.#finish(worker, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#close(new Error(event.message));
    };
    return worker;
  }

  /**
   * Computes in the next free worker.
   *
   * @param rows The rows, one after the other; empty afterwards.
   */
  compute(rows: Numbers): Promise<Numbers> {
    const { promise, resolve, reject } = Promise.withResolvers<Numbers>();
    if (this.#end) reject(this.#end);
    else this.#waiting.push({ rows, resolve, reject });
    this.#assign();
    return promise;
  }

  #assign(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const worker = this.#idle.pop()!;
      const request = this.#waiting.shift()!;
      this.#running.set(worker, request);
      worker.postMessage(request.rows, [request.rows.buffer]);
    }
  }

  #finish(worker: Worker, answer: Answer): void {
    const request = this.#running.get(worker);
    this.#running.delete(worker);
    if ("error" in answer) request?.reject(new Error(answer.error));
    else request?.resolve(answer.scores);
    this.#idle.push(worker);
    this.#assign();
  }

  /** Ends the workers; unanswered requests are rejected. */
  [Symbol.dispose](): void {
    this.#close(new Error("the pool was disposed"));
  }

  #close(reason: Error): void {
    this.#end ??= reason;
    for (const worker of this.#workers) worker.terminate();
    const unanswered = [...this.#running.values(), ...this.#waiting];
    for (const { reject } of unanswered) reject(reason);
    this.#running.clear();
    this.#waiting.length = 0;
  }
}
