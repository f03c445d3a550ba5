import {
  BufferView,
  type Instance,
  List,
  type Value,
  VmBuffer,
  VmRef,
} from "../../../mod.ts";
import { type CompareOptions, compareTensors } from "../../tooling/mod.ts";
import { asTensor } from "./as_tensor.ts";
import { isPrintable, type Result, type Results } from "./results.ts";

/** Maximum number of elements printed for a tensor that differs. */
const MAX_ELEMENT_COUNT = 1024;

/**
 * Compares results with expected values.
 *
 * @param results The results.
 * @param expected The expected values; `undefined` matches anything.
 * @param options How to compare floating-point numbers.
 * @returns A line per difference; empty when all match.
 */
export function compareResults(
  results: Results,
  expected: readonly (Value | undefined)[],
  options: CompareOptions,
): string {
  const { items, instance } = results;
  if (expected.length !== items.length) {
    return `[FAILED] expected ${expected.length} list elements but ` +
      `${items.length} provided\n`;
  }
  return items.map((result, ordinal) => {
    const value = expected[ordinal];
    if (value === undefined) return "";
    const difference = compareValue(value, result, options, instance);
    return difference && `[FAILED] result[${ordinal}]: ${difference}\n`;
  }).join("");
}

function compareValue(
  expected: Value,
  { value: actual, type }: Result,
  options: CompareOptions,
  instance: Instance,
): string {
  if (expected === null && actual === null) return "";
  const areTensors = type !== "ref" ||
    (expected instanceof BufferView && actual instanceof BufferView);
  if (!areTensors) {
    return "variant types mismatch; expected " +
      `${typeName(expected)} but got ${typeName(actual)}`;
  }
  using stack = new DisposableStack();
  const wanted = asTensor(expected, type, instance, stack);
  const given = asTensor(actual, type, instance, stack);
  const difference = compareTensors(wanted, given, options);
  if (difference === undefined) return "";
  return [
    difference,
    "  expected:",
    format(wanted),
    "  actual:",
    format(given),
  ].join("\n");
}

function format(tensor: BufferView): string {
  if (isPrintable(tensor)) return tensor.format(MAX_ELEMENT_COUNT);
  const { shape, elementType } = tensor;
  return [...shape, elementType].join("x") + ` of ${tensor.toBytes().toHex()}`;
}

function typeName(value: Value): string {
  if (value instanceof BufferView) return "hal.buffer_view";
  if (value instanceof VmBuffer) return "vm.buffer";
  if (value instanceof List) return "vm.list";
  return value instanceof VmRef ? value.typeName : "empty";
}
