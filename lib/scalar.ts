import type { ScalarType } from "../ffi/list.ts";

export type { ScalarType };

/** What a scalar takes. */
export interface ScalarRange {
  /** What fits, in words. */
  readonly range: string;
  /** Whether a value can be stored without becoming another one. */
  fits(value: unknown): boolean;
}

interface Scalar extends ScalarRange {
  read(view: DataView, offset: number): number | bigint;
  write(view: DataView, offset: number, value: number | bigint): void;
}

function wholeNumber(min: number, max: number): ScalarRange {
  return {
    range: `a whole number from ${min} to ${max}`,
    fits: (value) =>
      Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

function integer(bits: 8 | 16 | 32): Scalar {
  return {
    ...wholeNumber(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
    read: (view, offset) => view[`getInt${bits}`](offset, true),
    write: (view, offset, value) =>
      view[`setInt${bits}`](offset, Number(value), true),
  };
}

/**
 * The VM's scalar types. Nothing is narrowed: an i64 takes a `bigint`, or a
 * number that is a safe integer; an f32 takes what rounding leaves finite.
 */
export const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  i8: integer(8),
  i16: integer(16),
  i32: integer(32),
  i64: {
    range: "a bigint from -2^63 to 2^63-1, or a safe integer",
    fits: (value) =>
      typeof value === "bigint"
        ? BigInt.asIntN(64, value) === value
        : Number.isSafeInteger(value),
    read: (view, offset) => view.getBigInt64(offset, true),
    write: (view, offset, value) =>
      view.setBigInt64(offset, BigInt(value), true),
  },
  f32: {
    range: "a number up to 3.4e38, or an infinity or NaN",
    fits: (value) =>
      typeof value === "number" &&
      Number.isFinite(value) === Number.isFinite(Math.fround(value)),
    read: (view, offset) => view.getFloat32(offset, true),
    write: (view, offset, value) =>
      view.setFloat32(offset, Number(value), true),
  },
  f64: {
    range: "a number",
    fits: (value) => typeof value === "number",
    read: (view, offset) => view.getFloat64(offset, true),
    write: (view, offset, value) =>
      view.setFloat64(offset, Number(value), true),
  },
};

/**
 * Types that programs declare but pass as i32, of which they use a part. Those
 * without a sign take both the signed range and the unsigned one.
 */
export const DECLARED_RANGES: Readonly<Record<string, ScalarRange>> = {
  i1: wholeNumber(0, 1),
  i8: wholeNumber(-128, 255),
  si8: wholeNumber(-128, 127),
  ui8: wholeNumber(0, 255),
  i16: wholeNumber(-32768, 65535),
  si16: wholeNumber(-32768, 32767),
  ui16: wholeNumber(0, 65535),
};
