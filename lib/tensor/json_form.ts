import { IreeError } from "../base/error.ts";
import type { NestedArray } from "./tensor_data.ts";

/**
 * Converts numbers to JSON's.
 *
 * @param value A number, or nested arrays of numbers.
 * @returns The numbers without `bigint`; throws OUT_OF_RANGE for numbers that JSON
 * cannot represent.
 */
export function jsonForm(
  value: NestedArray,
): Exclude<NestedArray, bigint> {
  switch (typeof value) {
    case "object":
      return value.map(jsonForm);
    case "bigint":
      if (Number.isSafeInteger(Number(value))) return Number(value);
      throw refusal(`${value}n`);
    case "number":
      if (Number.isFinite(value)) return value;
      throw refusal(`${value}`);
    default:
      return value;
  }
}

function refusal(text: string): IreeError {
  return new IreeError("OUT_OF_RANGE", `${text} has no JSON form`, {
    hint:
      "JSON keeps finite numbers and integers up to 2^53; write others as text",
  });
}
