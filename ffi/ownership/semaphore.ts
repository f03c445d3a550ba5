/** Limits how many run at a time; the others wait in order. */
export class Semaphore {
  /** How many may run at a time. Lowering it stops none that runs. */
  limit: number;
  #running = 0;
  #waiting: (() => void)[] = [];

  /** @param limit How many may run at a time. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether the next one would wait. */
  get isFull(): boolean {
    return this.#running >= this.limit;
  }

  /**
   * Takes a place, until {@linkcode release}.
   *
   * @returns Settles when there is one, after all that wait already; undefined
   * when there was one at once.
   */
  acquire(): Promise<void> | undefined {
    if (!this.isFull) {
      this.#running++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Frees a place and hands it to the next that waits. */
  release(): void {
    this.#running--;
    if (this.isFull) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    // Taken before it runs, so that no later caller slips in.
    this.#running++;
    next();
  }

  /** Takes over all that run or wait in another one, which is not used again. */
  absorb(other: Semaphore): void {
    this.#running += other.#running;
    this.#waiting.push(...other.#waiting);
  }
}
