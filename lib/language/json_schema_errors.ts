import { IreeError } from "../base/error.ts";

/** Takes a keyword of a schema out of those that are left. */
export type TakeKeyword = (name: string) => unknown;

/** Reads a number of items or characters. */
export function countOf(value: unknown, at: string): number {
  if (value === Infinity || Number.isSafeInteger(value) && Number(value) >= 0) {
    return value as number;
  }
  throw wrong(at, "a count", value);
}

/** An error for a keyword with a wrong value. */
export function wrong(at: string, expected: string, value: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${at} must be ${expected}, got ${JSON.stringify(value)?.slice(0, 64)}`,
  );
}

/** An error for a part of a schema that a mask cannot guarantee. */
export function unsupported(at: string, detail = ""): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    `the schema's ${[at, detail].join(" ").trim()} is not supported`,
    {
      hint: "supported are type, properties, required, additionalProperties, " +
        "items, minItems, maxItems, enum, const, anyOf, oneOf of exclusive " +
        "alternatives, $ref, and limits of strings and numbers",
    },
  );
}
