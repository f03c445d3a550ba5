/**
 * Shared by the tests of answers in JSON.
 *
 * @module
 */

import type { JsonSchema } from "../../lib/language/json_schema.ts";
import { ANY_OBJECT, type ObjectShape } from "../../lib/language/json_shape.ts";
import {
  jsonAfter,
  jsonStart,
  type JsonState,
} from "../../lib/language/json_state.ts";

/** Whether a text is the beginning of an object, and whether it is one. */
export function read(
  text: string,
  shape: ObjectShape = ANY_OBJECT,
): { readonly isStart: boolean; readonly isWhole: boolean } {
  const start: readonly JsonState[] = [jsonStart(shape)];
  const states = text.split("").reduce(jsonAfter, start);
  return {
    isStart: states.length > 0,
    isWhole: states.some(({ expected }) => expected === "end"),
  };
}

/** A schema of an object with one property, which it must have. */
export function objectWith(a: object, $defs: object = {}): JsonSchema {
  return { type: "object", properties: { a }, required: ["a"], $defs };
}
