/**
 * Contexts and lists that may have lists in common.
 *
 * Lists are not made for several threads: whoever looks at one while a program
 * changes it may find it half changed. What was passed to a context or came out
 * of one is known here, what programs keep is not. So of the contexts that may
 * have a list in common one call runs at a time, once the host was given or has
 * passed any, and the host looks at none of the lists meanwhile.
 */
export class SharedLists {
  /** What this became part of. */
  #mergedInto: SharedLists | undefined;
  #hasLists = false;
  #running = 0;
  #waiting: (() => void)[] = [];

  /** What this is part of by now. */
  get current(): SharedLists {
    const next = this.#mergedInto;
    if (next === undefined) return this;
    return this.#mergedInto = next.current;
  }

  /** Notes that the host has a list that programs may have too. */
  note(): void {
    this.#hasLists = true;
  }

  /** Whether lists may be changing on another thread. */
  get areBusy(): boolean {
    return this.#hasLists && this.#running > 0;
  }

  /**
   * Begins a call on another thread, which goes on until {@linkcode end}.
   *
   * @returns When its turn has come, after those that wait already; undefined
   * when it has come at once.
   */
  begin(): Promise<void> | undefined {
    if (!this.areBusy) {
      this.#running++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Notes that such a call has ended; the next one begins. */
  end(): void {
    this.#running--;
    if (this.areBusy) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    // Nobody comes in between.
    this.#running++;
    next();
  }

  /** Makes one of this and another one. */
  merge(other: SharedLists): void {
    if (other === this) return;
    this.#hasLists ||= other.#hasLists;
    this.#running += other.#running;
    this.#waiting.push(...other.#waiting);
    other.#mergedInto = this;
  }
}
