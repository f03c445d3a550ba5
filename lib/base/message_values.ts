import { typedArrayName } from "../../ffi/base/typed_array.ts";
import { isForeign, isForged } from "./native_object.ts";

/** Maximum length of a class name in messages. */
const MAX_NAME_LENGTH = 64;

/**
 * Describes a value for an error message, with its article. Never throws,
 * and never calls the value's own conversions.
 *
 * @param value Any value.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "number":
      return `the number ${formatNumber(value)}`;
    case "bigint":
      return `the bigint ${value}n`;
    case "boolean":
      return `the boolean ${value}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    case "undefined":
      return "undefined";
    default:
      return `a ${typeof value}`;
  }
}

/**
 * Describes a value where text is expected: quotes text, and describes anything
 * else like {@linkcode describeValue}.
 *
 * @param value Any value.
 */
export function quoteValue(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : describeValue(value);
}

/**
 * Describes a value where a number is expected: writes out a number, and
 * describes anything else like {@linkcode describeValue}.
 *
 * @param value Any value.
 */
export function describeNumber(value: unknown): string {
  switch (typeof value) {
    case "number":
      return formatNumber(value);
    case "bigint":
      return `${value}n`;
    case "boolean":
      return `${value}`;
    default:
      return describeValue(value);
  }
}

/**
 * Puts an article before the name of a class.
 *
 * @param name The name; as in `Uint8Array`, a U is spoken like `you`.
 */
export function withArticle(name: string): string {
  return `${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`;
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

function describeObject(value: object): string {
  try {
    const text = withArticle(classOf(value));
    if (isForged(value)) {
      return `${text} that this package did not create, such as a Proxy`;
    }
    return isForeign(value) ? `${text} of another copy of the package` : text;
  } catch {
    // A getter that throws, or a revoked Proxy.
    return "an object that cannot be read";
  }
}

function classOf(value: object): string {
  if (Array.isArray(value)) return "array";
  const name: unknown = typedArrayName(value) ?? value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" &&
      name.length <= MAX_NAME_LENGTH
    ? name
    : "object";
}
