import type { WeightType } from "./configuration.ts";

/** Types whose elements are stored one after another, as the model has them. */
export type PlainType = Exclude<WeightType, "int8" | "int4">;

/** Bytes of an element, by type. */
export const ELEMENT_BYTES: Readonly<Record<PlainType, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
};

/**
 * Stores numbers with an element type.
 *
 * @param values The numbers.
 * @param type The type.
 */
export function encodeElements(
  values: Float32Array<ArrayBuffer>,
  type: PlainType,
): Uint8Array<ArrayBuffer> {
  if (type === "f16") return new Uint8Array(new Float16Array(values).buffer);
  if (type === "f32") {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const target = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = bits[i]!;
    // To the nearest, and to even in the middle; a NaN must stay one.
    target[i] = (value & 0x7fffffff) > 0x7f800000
      ? value >>> 16 | 0x40
      : value + 0x7fff + (value >>> 16 & 1) >>> 16;
  }
  return new Uint8Array(target.buffer);
}

/**
 * Stores rows of numbers as integers with a scale for each row.
 *
 * @param values The numbers, row after row.
 * @param columns Size of a row.
 * @param scales Receives the scale of each row.
 */
export function quantizeRows(
  values: Float32Array<ArrayBuffer>,
  columns: number,
  scales: Float32Array<ArrayBuffer>,
): Int8Array<ArrayBuffer> {
  const target = new Int8Array(values.length);
  for (let row = 0; row < scales.length; row++) {
    const start = row * columns;
    let largest = 0;
    for (let i = start; i < start + columns; i++) {
      const size = Math.abs(values[i]!);
      if (size > largest) largest = size;
    }
    const scale = Math.fround(largest / 127);
    scales[row] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = start; i < start + columns; i++) {
      target[i] = Math.round(values[i]! * inverse);
    }
  }
  return target;
}
