import { typedArrayName } from "../../ffi/base/typed_array.ts";
import { isArray } from "./checks.ts";
import { describeValue } from "./message_values.ts";
import { IreeError } from "./error.ts";
import { suggestion } from "./suggestion.ts";

/**
 * Names of all options of a function. The compiler checks that none is
 * missing.
 *
 * @typeParam Options The options.
 */
export type OptionNames<Options extends object> = {
  readonly [Name in keyof Required<Options>]: true;
};

/** The options to read if none are passed. */
const NO_OPTIONS: Readonly<Record<never, never>> = Object.freeze(
  Object.create(null),
);

/**
 * Reads the options of a function. Each is read once. Inherited ones count,
 * so that options can be created from defaults.
 *
 * @typeParam Options The options.
 * @param options The caller's options.
 * @param names Names of all options.
 * @param what The name of the options, for messages.
 * @returns A copy; throws INVALID_ARGUMENT for values other than objects, and for
 * unknown options.
 */
export function readOptions<Options extends object>(
  options: Options | undefined,
  names: OptionNames<Options>,
  what = "options",
): Readonly<Options> {
  if (options === undefined) {
    return NO_OPTIONS as Options;
  }
  const known = Object.keys(names) as (keyof Options & string)[];
  for (const name of ownNames(options, what)) {
    if (Object.hasOwn(names, name)) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} must be among ${known.join(", ")}, got '${name}'` +
        suggestion(name, known),
    );
  }
  const read: Partial<Options> = Object.create(null);
  let isEmpty = true;
  for (const name of known) {
    const value = options[name];
    if (value === undefined) continue;
    read[name] = value;
    isEmpty = false;
  }
  // A Map or a Date has no properties of its own, and is not options.
  if (isEmpty && !isPlain(options)) throw notOptions(options, what);
  return read as Options;
}

function ownNames(options: unknown, what: string): readonly string[] {
  const isObject = typeof options === "object" && options !== null &&
    !isArray(options) && typedArrayName(options) === undefined;
  if (!isObject) throw notOptions(options, what);
  try {
    return Object.keys(options);
  } catch (cause) {
    throw notOptions(options, what, cause);
  }
}

/**
 * Whether a value is an object without a class, as options are; false for a
 * Proxy that does not answer.
 *
 * @param value The value.
 */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

function notOptions(
  options: unknown,
  what: string,
  cause?: unknown,
): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be an object, got ${describeValue(options)}`,
    { cause },
  );
}
