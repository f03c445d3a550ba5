import { Semaphore } from "./semaphore.ts";
import { UnionFind } from "./union_find.ts";

/**
 * Contexts and lists that may share lists.
 *
 * Lists are not thread-safe: reading one while a program changes it may return
 * a partial change. Lists passed to a context or returned by one are tracked
 * here, but lists that programs keep are not. So contexts that might share a
 * list run one call at a time, starting when any of them first receives or
 * returns one, and the host reads none of the lists meanwhile.
 */
export class SharedLists extends UnionFind {
  readonly #calls = new Semaphore(Infinity);
  #readers = 0;

  /** Records that the host has a list that programs may also have. */
  note(): void {
    this.#calls.limit = 1;
  }

  /** Whether lists may be changing on another thread. */
  get areBusy(): boolean {
    return this.#calls.isFull && this.#readers === 0;
  }

  /**
   * Reads lists as part of a finished call, before the next one begins.
   *
   * @param read Reads them.
   * @returns Its result.
   */
  readInTurn<T>(read: () => T): T {
    this.#readers++;
    try {
      return read();
    } finally {
      this.#readers = 0;
    }
  }

  /** Begins a host function, which another thread waits for: lists are still. */
  beginHostFunction(): void {
    this.#readers++;
  }

  /** Ends such a function. */
  endHostFunction(): void {
    this.#readers--;
  }

  /**
   * Begins a call on another thread, which runs until {@linkcode end}.
   *
   * @returns Settles when the call may start, after all waiting ones; undefined
   * if it may start immediately.
   */
  begin(): Promise<void> | undefined {
    return this.#calls.acquire();
  }

  /** Ends such a call and starts the next. */
  end(): void {
    this.#calls.release();
  }

  /** Absorbs the other set's calls, and whether it has lists. */
  protected override absorb(other: this): void {
    this.#calls.limit = Math.min(this.#calls.limit, other.#calls.limit);
    this.#calls.absorb(other.#calls);
    this.#readers += other.#readers;
  }
}
