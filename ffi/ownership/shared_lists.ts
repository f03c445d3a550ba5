import { Semaphore } from "./semaphore.ts";
import { UnionFind } from "./union_find.ts";

/**
 * Contexts and lists that may have lists in common.
 *
 * Lists are not thread-safe: reading one while a program changes it may find it
 * half changed. Lists that were passed to a context or returned by one are known
 * here, lists that programs keep are not. So contexts that might share a list
 * run one call at a time, starting when any of them first receives or returns
 * one, and the host reads none of the lists meanwhile.
 */
export class SharedLists extends UnionFind {
  readonly #calls = new Semaphore(Infinity);
  #isReading = false;

  /** Records that the host has a list that programs may have too. */
  note(): void {
    this.#calls.limit = 1;
  }

  /** Whether lists may be changing on another thread. */
  get areBusy(): boolean {
    return this.#calls.isFull && !this.#isReading;
  }

  /**
   * Reads lists in the turn of a call whose work has ended, after which no other
   * one has begun.
   *
   * @param read Reads them.
   * @returns Its result.
   */
  readInTurn<T>(read: () => T): T {
    this.#isReading = true;
    try {
      return read();
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Begins a call on another thread, which runs until {@linkcode end}.
   *
   * @returns Settles when it may start, after those that wait already; undefined
   * when it may start at once.
   */
  begin(): Promise<void> | undefined {
    return this.#calls.acquire();
  }

  /** Ends such a call; the next one begins. */
  end(): void {
    this.#calls.release();
  }

  /** Takes over the calls of others, and whether they have lists. */
  protected override absorb(other: this): void {
    this.#calls.limit = Math.min(this.#calls.limit, other.#calls.limit);
    this.#calls.absorb(other.#calls);
  }
}
