/** An 8-bit floating-point format, in an OCP or FNUZ variant. */
export class SmallFloat {
  readonly #decode: (bits: number) => number;
  #values: readonly number[] | undefined;

  /** @param decode Converts a bit pattern to its number. */
  constructor(decode: (bits: number) => number) {
    this.#decode = decode;
  }

  /** The number of each of the 256 bit patterns. */
  get values(): readonly number[] {
    // Created on first use, since few programs need these formats.
    return this.#values ??= Array.from(
      { length: 256 },
      (_, bits) => this.#decode(bits),
    );
  }

  /** The largest finite number. */
  get max(): number {
    return Math.max(...this.values.filter(Number.isFinite));
  }

  /** Returns whether a number fits without overflow or underflow to 0. */
  fits(value: number): boolean {
    if (this.values.some((it) => Object.is(it, value))) return true;
    const rounded = this.values[this.encode(value)]!;
    return Math.abs(value) <= this.max && rounded !== 0 &&
      Math.sign(rounded) === Math.sign(value);
  }

  /** Returns the nearest pattern to a number; ties go to the even one. */
  encode(value: number): number {
    return nearest(this.values, value);
  }
}

interface Layout {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /**
   * The patterns that are not numbers: `ieee` has infinities and NaNs in the
   * highest exponent, `fn` one NaN per sign, `fnuz` one NaN in place of -0.
   */
  readonly special: "ieee" | "fn" | "fnuz";
}

function decode(bits: number, layout: Layout): number {
  const { exponentBits, mantissaBits, bias, special } = layout;
  const sign = bits & 0x80 ? -1 : 1;
  const size = bits & 0x7f;
  const exponent = size >> mantissaBits;
  const mantissa = size & ((1 << mantissaBits) - 1);
  if (special === "fnuz" && bits === 0x80) return NaN;
  if (special === "fn" && size === 0x7f) return NaN;
  if (special === "ieee" && exponent === (1 << exponentBits) - 1) {
    return mantissa === 0 ? sign * Infinity : NaN;
  }
  const fraction = mantissa / (1 << mantissaBits);
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}

function smallFloat(layout: Layout): SmallFloat {
  return new SmallFloat((bits) => decode(bits, layout));
}

// Finds the nearest of 256 values by comparing all of them.
function nearest(values: readonly number[], value: number): number {
  if (Number.isNaN(value)) return values.findIndex(Number.isNaN);
  const exact = values.findIndex((it) => Object.is(it, value));
  if (exact >= 0) return exact;
  let best = -1;
  let distance = Infinity;
  for (let bits = 0; bits < values.length; bits++) {
    const gap = Math.abs(values[bits]! - value);
    if (gap < distance || (gap === distance && bits % 2 === 0)) {
      best = bits;
      distance = gap;
    }
  }
  return best;
}

/** An 8-bit floating-point element type. */
export type SmallFloatType =
  | "f8E5M2"
  | "f8E4M3FN"
  | "f8E5M2FNUZ"
  | "f8E4M3FNUZ"
  | "f8E8M0FNU";

/** The formats by element type. */
export const SMALL_FLOATS: Readonly<Record<SmallFloatType, SmallFloat>> = {
  f8E5M2: smallFloat({
    exponentBits: 5,
    mantissaBits: 2,
    bias: 15,
    special: "ieee",
  }),
  f8E4M3FN: smallFloat({
    exponentBits: 4,
    mantissaBits: 3,
    bias: 7,
    special: "fn",
  }),
  f8E5M2FNUZ: smallFloat({
    exponentBits: 5,
    mantissaBits: 2,
    bias: 16,
    special: "fnuz",
  }),
  f8E4M3FNUZ: smallFloat({
    exponentBits: 4,
    mantissaBits: 3,
    bias: 8,
    special: "fnuz",
  }),
  // A power of two: eight exponent bits and nothing else.
  f8E8M0FNU: new SmallFloat((bits) => bits === 255 ? NaN : 2 ** (bits - 127)),
};
