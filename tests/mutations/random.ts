/**
 * Random numbers that are the same in every run.
 *
 * @module
 */

/** A sequence of random numbers, determined by its seeds (`sfc32`). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * Starts the sequence.
   *
   * @param seeds Integers; each different list of them starts another sequence.
   */
  constructor(...seeds: readonly number[]) {
    this.#a = 0x9e3779b9;
    this.#b = 0x243f6a88;
    this.#c = 0xb7e15162;
    for (const seed of seeds) {
      this.#a ^= seed | 0;
      this.#b ^= Math.floor(seed / 2 ** 32) | 0;
      // Mixes each seed into the whole state before the next one.
      for (let i = 0; i < 12; i++) this.u32();
    }
  }

  /** An integer from 0 to 2^32-1. */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** An integer from 0 up to but excluding `end`; 0 if there is none. */
  below(end: number): number {
    return end <= 1 ? 0 : Math.floor(this.u32() / 2 ** 32 * end);
  }

  /** An integer from `start` to `last`. */
  between(start: number, last: number): number {
    return start + this.below(last - start + 1);
  }

  /** True with a probability of one in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the items, of which there must be at least one. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** `count` items, each made by `make`. */
  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}
