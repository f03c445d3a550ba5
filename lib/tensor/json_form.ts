import { IreeError } from "../base/error.ts";
import type { NestedArray } from "./tensor_data.ts";

/**
 * Numbers as JSON has them.
 *
 * @param value A number, or nested arrays of numbers.
 * @returns The same without `bigint`; throws OUT_OF_RANGE for a number that JSON
 * does not have or does not keep.
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
      "JSON keeps finite numbers, and integers up to 2^53; write others as " +
      "text",
  });
}
