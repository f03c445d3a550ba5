import type { ElementTypeInfo, TypedArray } from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import { type DataType, dataTypeOf, type ModelValue } from "./data_type.ts";
import { describeJson } from "./request_json.ts";
import { badRequest } from "./http_errors.ts";

/**
 * Decodes a tensor's elements from JSON, flat or nested as the shape.
 *
 * @param what The tensor's name, for messages.
 * @param info The element type.
 * @param shape The shape.
 * @param data The elements.
 */
export function numbersFromJson(
  what: string,
  info: ElementTypeInfo,
  shape: readonly number[],
  data: readonly unknown[],
): TypedArray {
  const flat = flatten(what, shape, data);
  const array = arrayFor(info, flat.length * info.bitCount / 8);
  if (info.name === "f32" || info.name === "f64") {
    for (let at = 0; at < flat.length; at++) {
      const value = flat[at];
      if (typeof value !== "number" || !isKept(value, array, at)) {
        if (typeof value !== "bigint") throw unfit(what, info, at, value);
        array[at] = Number(value);
      }
    }
    return array;
  }
  const codec = info.codec!;
  const view = new DataView(array.buffer);
  const size = info.bitCount / 8;
  const isFloat = /f/.test(info.name);
  const is64 = info.bitCount === 64;
  for (let at = 0; at < flat.length; at++) {
    const given = flat[at];
    const value = isFloat && typeof given === "bigint"
      ? Number(given)
      : is64 && typeof given === "number" && Number.isSafeInteger(given)
      ? BigInt(given)
      : given;
    if (!codec.fits(value)) throw unfit(what, info, at, given);
    codec.write(view, at * size, value as number);
  }
  return array;
}

/**
 * Returns the bytes of an array.
 *
 * @param array The array.
 */
export function bytesOf(array: TypedArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

// Whether a number stays finite in the array.
function isKept(value: number, array: TypedArray, at: number): boolean {
  array[at] = value;
  const kept = array[at] as unknown as number;
  return Number.isFinite(kept) && (kept !== 0 || value === 0);
}

/**
 * Decodes texts from JSON, flat or nested as the shape.
 *
 * @param what The tensor's name, for messages.
 * @param shape The shape.
 * @param data The elements.
 */
export function bytesFromJson(
  what: string,
  shape: readonly number[],
  data: readonly unknown[],
): Uint8Array[] {
  const encoder = new TextEncoder();
  return flatten(what, shape, data).map((value, at) => {
    if (typeof value === "string") return encoder.encode(value);
    throw badRequest(
      `${what}: data[${at}] must be a string, got ${describeJson(value)}`,
    );
  });
}

/**
 * Encodes a tensor's elements as JSON.
 *
 * @param what The tensor's name, for messages.
 * @param value The tensor.
 * @returns The text of an array.
 */
export function toJsonText(what: string, value: ModelValue): string {
  if (value.elementType === "bytes") {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return JSON.stringify(value.data.map((bytes, at) => {
      try {
        return decoder.decode(bytes);
      } catch {
        throw badRequest(
          `${what}: element ${at} is not UTF-8, which JSON cannot represent` +
            BINARY_HINT,
        );
      }
    }));
  }
  const { data, elementType } = value;
  const dataType = dataTypeOf(elementType) as DataType;
  if (dataType === "BOOL") return JSON.stringify(Array.from(data, Boolean));
  const numbers = dataType === "BF16" ? widen(data as Uint16Array) : data;
  const text = numbers.join(",");
  // NaN and Infinity are the only words that numbers have.
  if (/[NI]/.test(text)) {
    throw badRequest(
      `${what} has NaN or Infinity, which JSON cannot represent` + BINARY_HINT,
    );
  }
  return `[${text}]`;
}

const BINARY_HINT = '; request it with "parameters": {"binary_data": true}';

/** Converts the bits of bf16 to f32. */
function widen(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let at = 0; at < bits.length; at++) words[at] = bits[at]! * 0x10000;
  return new Float32Array(words.buffer);
}

function flatten(
  what: string,
  shape: readonly number[],
  data: readonly unknown[],
): readonly unknown[] {
  const size = sizeOfShape(shape);
  // An array among numbers is rejected as an element; looking at all of them would
  // take longer than copying them.
  const isNested = shape.length > 1 && Array.isArray(data[0]);
  if (!isNested) {
    if (data.length === size) return data;
    throw badRequest(
      `${what}: data must have ${size} elements, those of shape [${shape}], ` +
        `got ${data.length}`,
    );
  }
  const flat: unknown[] = [];
  const visit = (values: readonly unknown[], axis: number): void => {
    if (values.length !== shape[axis]) {
      throw badRequest(
        `${what}: data must be nested as shape [${shape}], got ` +
          `${values.length} elements in dimension ${axis}`,
      );
    }
    if (axis === shape.length - 1) {
      for (const value of values) flat.push(value);
      return;
    }
    for (const value of values) {
      if (!Array.isArray(value)) {
        throw badRequest(
          `${what}: data must be nested as shape [${shape}], got ` +
            `${describeJson(value)} in dimension ${axis}`,
        );
      }
      visit(value, axis + 1);
    }
  };
  visit(data, 0);
  return flat;
}

function unfit(
  what: string,
  { name, codec }: ElementTypeInfo,
  at: number,
  value: unknown,
): Error {
  return badRequest(
    `${what}: data[${at}] must be ${codec?.range ?? name} for ` +
      `${dataTypeOf(name)}, got ${describeJson(value)}`,
  );
}
