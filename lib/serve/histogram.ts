/** Counts observations in buckets, as Prometheus does. */
export class Histogram {
  readonly #limits: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** @param limits Upper limits of the buckets, ascending. */
  constructor(limits: readonly number[]) {
    this.#limits = limits;
    this.#counts = limits.map(() => 0);
  }

  /** Counts a value. */
  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const at = this.#limits.findIndex((limit) => value <= limit);
    if (at >= 0) this.#counts[at]!++;
  }

  /** Sum of the values. */
  get sum(): number {
    return this.#sum;
  }

  /** Number of the values. */
  get count(): number {
    return this.#count;
  }

  /** Numbers of values up to each limit. */
  *buckets(): Generator<readonly [limit: string, count: number]> {
    let count = 0;
    for (const [at, limit] of this.#limits.entries()) {
      count += this.#counts[at]!;
      yield [`${limit}`, count];
    }
    yield ["+Inf", this.#count];
  }
}
