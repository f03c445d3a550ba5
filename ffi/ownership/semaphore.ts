/** Limits how many tasks run at a time; the others wait in order. */
export class Semaphore {
  /** Maximum number of running tasks. Lowering it does not stop any. */
  limit: number;
  #running = 0;
  #waiting: (() => void)[] = [];

  /** @param limit Maximum number of running tasks. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether the next task would wait. */
  get isFull(): boolean {
    return this.#running >= this.limit;
  }

  /**
   * Acquires a slot; return it with {@linkcode release}.
   *
   * @returns Settles when a slot is free, after all waiting tasks; undefined if
   * a slot was free immediately.
   */
  acquire(): Promise<void> | undefined {
    if (!this.isFull) {
      this.#running++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Releases a slot to the next waiting task. */
  release(): void {
    this.#running--;
    if (this.isFull) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    // Counted before it runs, so that no later caller slips in.
    this.#running++;
    next();
  }

  /**
   * Absorbs the running and waiting tasks of another semaphore, which is not
   * used again.
   */
  absorb(other: Semaphore): void {
    this.#running += other.#running;
    this.#waiting.push(...other.#waiting);
  }
}
