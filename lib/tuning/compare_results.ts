import { BufferView } from "../hal/buffer_view.ts";
import type { FlatResult } from "../call/argument.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import type { Value } from "../vm/value.ts";

/** Results in JavaScript memory. */
export type KeptResult = NdArray | Exclude<Value, BufferView>;

/**
 * Copies results, and disposes the tensors.
 *
 * @param results A call's results.
 */
export function keepResults(results: FlatResult): KeptResult[] {
  const list = results === undefined
    ? []
    : Array.isArray(results)
    ? results
    : [results];
  return list.map((value) => {
    if (!(value instanceof BufferView)) return value;
    using tensor = value;
    return tensor.toNdArray();
  });
}

/**
 * Compares results with the expected ones. Floats may differ by a part of the
 * largest one; other values must be equal.
 *
 * @param expected The results of the default recipe.
 * @param actual The results of another recipe.
 * @param tolerance The accepted part of the largest number.
 * @returns The difference; `undefined` if there is none.
 */
export function findDifference(
  expected: readonly KeptResult[],
  actual: readonly KeptResult[],
  tolerance: number,
): string | undefined {
  for (const [index, wanted] of expected.entries()) {
    const given = actual[index];
    const difference = isTensor(wanted) && isTensor(given!)
      ? compareTensors(wanted, given, tolerance)
      : compareNumbers(wanted, given!, tolerance);
    if (difference !== undefined) return `result ${index} ${difference}`;
  }
  return undefined;
}

function isTensor(value: KeptResult): value is NdArray {
  return typeof value === "object" && value !== null && "data" in value;
}

function compareNumbers(
  expected: KeptResult,
  actual: KeptResult,
  tolerance: number,
): string | undefined {
  if (typeof expected === "number" && typeof actual === "number") {
    return Number.isInteger(expected) && Number.isInteger(actual)
      ? exactly(expected === actual)
      : compareFloats([expected], [actual], tolerance);
  }
  // Other objects cannot be compared.
  return exactly(typeof expected === "object" || expected === actual);
}

function compareTensors(
  expected: NdArray,
  actual: NdArray,
  tolerance: number,
): string | undefined {
  if (expected.shape.join("x") !== actual.shape.join("x")) {
    return `has the shape ${actual.shape.join("x")} instead of ${
      expected.shape.join("x")
    }`;
  }
  const [wanted, given] = [floatsOf(expected), floatsOf(actual)];
  if (wanted !== undefined && given !== undefined) {
    return compareFloats(wanted, given, tolerance);
  }
  return exactly(
    expected.data.every((value, index) => value === actual.data[index]),
  );
}

function exactly(isEqual: boolean): string | undefined {
  return isEqual ? undefined : "differs";
}

/** The elements as numbers, if they are floats. */
function floatsOf({ data, elementType }: NdArray) {
  if (
    data instanceof Float32Array || data instanceof Float64Array ||
    data instanceof Float16Array
  ) return data;
  if (elementType !== "bf16") return undefined;
  const bits = Uint32Array.from(data as Uint16Array, (it) => it << 16);
  return new Float32Array(bits.buffer);
}

function compareFloats(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  tolerance: number,
): string | undefined {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const [wanted, given] = [expected[i], actual[i]];
    if (Object.is(wanted, given)) {
      if (Number.isFinite(wanted)) largest = Math.max(largest, abs(wanted!));
    } else if (Number.isFinite(wanted) && Number.isFinite(given)) {
      largest = Math.max(largest, abs(wanted!));
      difference = Math.max(difference, abs(wanted! - given!));
    } else {
      return `has ${given} where the default recipe has ${wanted}`;
    }
  }
  if (difference <= tolerance * largest) return undefined;
  return `differs by ${difference.toPrecision(2)} from the default recipe; ` +
    `its largest number is ${largest.toPrecision(2)}`;
}

const { abs } = Math;
