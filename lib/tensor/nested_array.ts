import { viewOf } from "../../ffi/base/intrinsics.ts";
import { allocateArray } from "../base/allocate.ts";
import { isArray } from "../base/checks.ts";
import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { ElementTypeInfo, TypedArray } from "./element_type.ts";
import type { Scalar } from "./scalar.ts";
import { formatShape, MAX_RANK, type Shape, sizeOfShape } from "./shape.ts";
import type { EncodedTensor, NestedArray } from "./tensor_data.ts";

/**
 * Creates a tensor from nested arrays.
 *
 * @param data The numbers.
 * @param info The element type.
 * @param wanted Dimensions; `null` accepts any size. By default, the nesting
 * determines them.
 * @param refuse Creates the error.
 */
export function encodeNested(
  data: NestedArray,
  info: ElementTypeInfo,
  wanted: Shape | undefined,
  refuse: (problem: string) => IreeError,
): EncodedTensor {
  const { codec } = info;
  if (codec === undefined) {
    throw refuse(
      `has elements of type ${info.name}, which must be packed in a Uint8Array`,
    );
  }
  const nesting = nestingOf(data, refuse);
  // An empty array has no pairs to check.
  const hasPairs = info.components === 2 && nesting.at(-1) !== 0;
  const shape = hasPairs ? nesting.slice(0, -1) : nesting;
  if (hasPairs && nesting.at(-1) !== 2) {
    throw refuse("must have [real, imaginary] pairs as complex elements");
  }
  const dims = wanted === undefined ? shape : fittedShape(shape, wanted);
  if (dims === undefined) {
    throw refuse(
      `must be nested as ${formatShape(wanted ?? [])}, got ${
        formatShape(shape)
      }`,
    );
  }
  const size = info.bitCount / 8 / info.components;
  const bytes = allocateArray(Uint8Array, sizeOfShape(nesting) * size);
  const view = viewOf(bytes.buffer);
  let offset = 0;
  const path: number[] = [];
  const write = (value: NestedArray): void => {
    const depth = path.length;
    if (isArray(value)) {
      // Reading an entry can run code that changes the array.
      const { length } = value;
      if (length !== nesting[depth]) {
        throw refuse(
          `has ${length} entries ${where(path)}, not ` +
            `${nesting[depth] ?? "a number"}`,
        );
      }
      for (let index = 0; index < length; index++) {
        path.push(index);
        write(value[index] as NestedArray);
        path.pop();
      }
      return;
    }
    if (depth !== nesting.length) {
      throw refuse(`has no array of ${nesting[depth]} ${where(path)}`);
    }
    if (!codec.fits(value)) {
      throw refuse(
        `has ${describeNumber(value)} ${where(path)}; elements of type ` +
          `${info.name} take ${codec.range}`,
      );
    }
    codec.write(view, offset, value as number | bigint);
    offset += size;
  };
  write(data);
  return { info, code: info.code, dims: Float64Array.from(dims), bytes };
}

function where(path: readonly number[]): string {
  return path.length === 0 ? "as its value" : `at [${path.join("][")}]`;
}

function nestingOf(
  data: NestedArray,
  refuse: (problem: string) => IreeError,
): number[] {
  const nesting: number[] = [];
  let level: NestedArray | undefined = data;
  while (isArray(level)) {
    if (nesting.length > MAX_RANK) {
      throw refuse(`is nested more than ${MAX_RANK} deep`);
    }
    // A proxy can return anything as its length.
    const { length } = level;
    if (!Number.isSafeInteger(length) || length < 0) {
      throw refuse("has an array whose length is not an integer");
    }
    nesting.push(length);
    level = level[0];
  }
  return nesting;
}

// An empty array does not show the dimensions within it.
function fittedShape(
  shape: readonly number[],
  wanted: Shape,
): readonly number[] | undefined {
  const rest = shape.at(-1) === 0 ? wanted.slice(shape.length) : [];
  const full = [...shape, ...rest.map((dim) => dim ?? 0)];
  if (full.length !== wanted.length) return undefined;
  const fits = wanted.every((dim, axis) => dim === null || dim === full[axis]);
  return fits ? full : undefined;
}

/**
 * The most entries of nested arrays: the engine stores longer arrays as hash
 * tables, and ends the process where its heap is full.
 */
const MAX_ENTRIES = 2 ** 25;

/**
 * Refuses a tensor that is too large for nested arrays.
 *
 * @param shape Dimensions.
 * @param components Numbers in an element.
 */
export function checkNesting(
  shape: readonly number[],
  components: number,
): void {
  let count = components;
  for (const size of shape) {
    count *= size;
    if (count > MAX_ENTRIES) {
      throw new IreeError(
        "RESOURCE_EXHAUSTED",
        `nested arrays must have at most ${MAX_ENTRIES} entries, got a tensor ` +
          `of shape [${shape.join(", ")}]`,
        { hint: "toTypedArray returns the elements without nesting" },
      );
    }
  }
}

/**
 * Reads elements into nested arrays.
 *
 * @param array The elements in row-major order.
 * @param info The element type.
 * @param codec How numbers are stored.
 * @param shape Dimensions.
 */
export function decodeNested(
  array: TypedArray,
  info: ElementTypeInfo,
  codec: Scalar,
  shape: readonly number[],
): NestedArray {
  const nesting = info.components === 1 ? shape : [...shape, 2];
  const view = viewOf(array.buffer, array.byteOffset, array.byteLength);
  const size = info.bitCount / 8 / info.components;
  let offset = 0;
  const read = (depth: number): NestedArray => {
    const length = nesting[depth];
    if (length !== undefined) {
      return Array.from({ length }, () => read(depth + 1));
    }
    const value = codec.read(view, offset);
    offset += size;
    return value;
  };
  return read(0);
}
