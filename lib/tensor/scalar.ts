import { viewOf } from "../../ffi/base/intrinsics.ts";
import type { ScalarType } from "../../ffi/list_elements.ts";

export type { ScalarType };

/** The range of a scalar type. */
export interface ScalarRange {
  /** The accepted values, in words. */
  readonly range: string;
  /** Returns whether a value can be stored unchanged. */
  fits(value: unknown): boolean;
}

/** How a scalar is stored. */
export interface Scalar extends ScalarRange {
  read(view: DataView, offset: number): number | bigint;
  write(view: DataView, offset: number, value: number | bigint): void;
}

/** Whether rounding keeps finite numbers finite, and maps only zero to zero. */
function keeps(value: number, round: (value: number) => number): boolean {
  const rounded = round(value);
  return Number.isFinite(value) === Number.isFinite(rounded) &&
    (rounded !== 0 || value === 0);
}

function integerRange(min: number, max: number): ScalarRange {
  return {
    range: `an integer from ${min} to ${max}`,
    fits: (value) =>
      Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

/**
 * A signless integer: accepts both the signed and the unsigned range, and is read
 * as signed.
 *
 * @param bits The size in bits.
 */
export function signlessScalar(bits: 8 | 16 | 32 | 64): Scalar {
  const signed = SCALARS[`i${bits}`];
  const unsigned = unsignedScalar(bits);
  const [min, max] = bits === 64
    ? ["-2^63", "2^64-1"]
    : [-(2 ** (bits - 1)), 2 ** bits - 1];
  return {
    range: `an integer from ${min} to ${max}`,
    fits: (value) => signed.fits(value) || unsigned.fits(value),
    read: signed.read,
    write: (view, offset, value) =>
      (signed.fits(value) ? signed : unsigned).write(view, offset, value),
  };
}

/**
 * An unsigned integer.
 *
 * @param bits The size in bits.
 */
export function unsignedScalar(bits: 8 | 16 | 32 | 64): Scalar {
  if (bits !== 64) {
    return {
      ...integerRange(0, 2 ** bits - 1),
      read: (view, offset) => view[`getUint${bits}`](offset, true),
      write: (view, offset, value) =>
        view[`setUint${bits}`](offset, Number(value), true),
    };
  }
  return {
    range: "a bigint from 0 to 2^64-1, or a safe integer",
    fits: (value) =>
      typeof value === "bigint"
        ? BigInt.asUintN(64, value) === value
        : Number.isSafeInteger(value) && Number(value) >= 0,
    read: (view, offset) => view.getBigUint64(offset, true),
    write: (view, offset, value) =>
      view.setBigUint64(offset, BigInt(value), true),
  };
}

function integer(bits: 8 | 16 | 32): Scalar {
  return {
    ...integerRange(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
    read: (view, offset) => view[`getInt${bits}`](offset, true),
    write: (view, offset, value) =>
      view[`setInt${bits}`](offset, Number(value), true),
  };
}

/**
 * The VM's scalar types. Nothing is narrowed: an i64 accepts a `bigint` or a safe
 * integer; an f32 accepts numbers that stay finite when rounded.
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
    range: "0, a number of size 1.4e-45 to 3.4e38, an infinity or NaN",
    fits: (value) => typeof value === "number" && keeps(value, Math.fround),
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

/** A declared type that is passed as an i32. */
export interface DeclaredScalar extends ScalarRange {
  /** Converts a value that fits to an i32. */
  encode(value: number): number;
  /** Converts an i32 back to the value. */
  decode(bits: number): number;
}

function declaredInteger(min: number, max: number): DeclaredScalar {
  const same = (value: number) => value;
  return { ...integerRange(min, max), encode: same, decode: same };
}

function declaredFloat(
  size: string,
  encode: (value: number) => number,
  decode: (bits: number) => number,
): DeclaredScalar {
  return {
    range: `0, a number of size ${size}, an infinity or NaN`,
    fits: (value) =>
      typeof value === "number" && keeps(value, (it) => decode(encode(it))),
    encode,
    decode,
  };
}

const view = viewOf(new ArrayBuffer(4));

function encodeFloat16(value: number): number {
  view.setFloat16(0, value);
  return view.getUint16(0);
}

function decodeFloat16(bits: number): number {
  view.setUint16(0, bits);
  return view.getFloat16(0);
}

// The upper half of an f32, rounded to nearest, ties to even.
function encodeBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function decodeBfloat16(bits: number): number {
  view.setUint32(0, (bits << 16) >>> 0);
  return view.getFloat32(0);
}

/** `f16` by its bits. */
export const FLOAT16: DeclaredScalar = declaredFloat(
  "6e-8 to 65504",
  encodeFloat16,
  decodeFloat16,
);

/** `bf16` by its bits. */
export const BFLOAT16: DeclaredScalar = declaredFloat(
  "9.2e-41 to 3.4e38",
  encodeBfloat16,
  decodeBfloat16,
);

/**
 * Declared types that are passed as i32. Signless integers accept both the signed
 * and the unsigned range.
 */
export const DECLARED_SCALARS: Readonly<Record<string, DeclaredScalar>> = {
  i1: {
    range: "0, 1, false or true",
    fits: (value) => value === 0 || value === 1 || typeof value === "boolean",
    encode: Number,
    decode: (bits) => bits,
  },
  i8: declaredInteger(-128, 255),
  si8: declaredInteger(-128, 127),
  ui8: declaredInteger(0, 255),
  i16: declaredInteger(-32768, 65535),
  si16: declaredInteger(-32768, 32767),
  ui16: declaredInteger(0, 65535),
  f16: FLOAT16,
  bf16: BFLOAT16,
};
