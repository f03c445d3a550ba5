import type { RotationOptions, RotationScaling } from "./configuration.ts";

/**
 * Computes the tables that turn queries and keys by their positions: factors of
 * an element, and of the element that turns with it.
 */
export class Rotation {
  readonly #frequencies: Float64Array;
  readonly #size: number;
  readonly #factor: number;

  /** @param options How a model rotates. */
  constructor(options: RotationOptions) {
    this.#size = options.size;
    this.#frequencies = frequenciesOf(options);
    const { scaling } = options;
    this.#factor = scaling.kind === "yarn" ? scaling.attentionFactor : 1;
  }

  /** How many elements of a head turn. */
  get size(): number {
    return this.#size;
  }

  /**
   * Writes the tables of consecutive positions.
   *
   * @param target Where to, two tables for each position.
   * @param at The first entry.
   * @param position The first position.
   * @param count Number of positions.
   */
  write(
    target: Float32Array,
    at: number,
    position: number,
    count: number,
  ): void {
    const size = this.#size;
    const half = size / 2;
    for (let row = 0; row < count; row++) {
      const start = at + row * 2 * size;
      for (let i = 0; i < half; i++) {
        const angle = (position + row) * this.#frequencies[i]!;
        const cosine = Math.cos(angle) * this.#factor;
        const sine = Math.sin(angle) * this.#factor;
        target[start + i] = cosine;
        target[start + half + i] = cosine;
        target[start + size + i] = -sine;
        target[start + size + half + i] = sine;
      }
    }
  }
}

function frequenciesOf(
  { base, size, scaling, divisors }: RotationOptions,
): Float64Array {
  const half = size / 2;
  return Float64Array.from({ length: half }, (_, i) => {
    const frequency = base ** (-2 * i / size) / (divisors?.[i] ?? 1);
    return scale(frequency, i, base, size, scaling);
  });
}

function scale(
  frequency: number,
  i: number,
  base: number,
  size: number,
  scaling: RotationScaling,
): number {
  switch (scaling.kind) {
    case "none":
      return frequency;
    case "linear":
      return frequency / scaling.factor;
    case "llama3": {
      const { factor, lowFrequency, highFrequency, originalLength } = scaling;
      const length = 2 * Math.PI / frequency;
      if (length < originalLength / highFrequency) return frequency;
      if (length > originalLength / lowFrequency) return frequency / factor;
      const share = (originalLength / length - lowFrequency) /
        (highFrequency - lowFrequency);
      return (1 - share) * frequency / factor + share * frequency;
    }
    case "yarn": {
      const { factor, originalLength, betaFast, betaSlow } = scaling;
      // The dimension that turns so often over the original length.
      const dimension = (turns: number) =>
        size * Math.log(originalLength / (turns * 2 * Math.PI)) /
        (2 * Math.log(base));
      const low = Math.max(Math.floor(dimension(betaFast)), 0);
      const high = Math.min(Math.ceil(dimension(betaSlow)), size - 1);
      const span = low === high ? 0.001 : high - low;
      const ramp = Math.min(1, Math.max(0, (i - low) / span));
      return frequency / factor * ramp + frequency * (1 - ramp);
    }
  }
}
