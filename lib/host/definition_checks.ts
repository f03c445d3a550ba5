import {
  isArray,
  isFunction,
  isRevoked,
  mustBe,
  toText,
} from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { HostType } from "./host_type.ts";
import type { AnyHostFunction, AnyOptions, HostParameters } from "./options.ts";

/** Checks the name and the options of a module. */
export function checkModule(
  name: string,
  { version = 0, tensors = "arrays" }: AnyOptions,
): void {
  if (!/^[A-Za-z_][\w$]*$/.test(toText("the name of a module", name))) {
    throw invalid("the name of a module must be an identifier", name);
  }
  if (!Number.isInteger(version) || version < 0 || version > 0xffffffff) {
    throw invalid("version must be an integer from 0 to 2^32-1", version);
  }
  if (tensors !== "arrays" && tensors !== "views") {
    throw invalid("tensors must be 'arrays' or 'views'", tensors);
  }
}

/** Checks creation parameters, and returns them. */
export function checkParameters(parameters: HostParameters): HostParameters {
  const isRecord = typeof parameters === "object" && parameters !== null &&
    !isArray(parameters) && !isRevoked(parameters) &&
    Object.values(parameters).every((it) => typeof it === "string");
  if (isRecord) return parameters;
  throw invalid("parameters must be texts by name", parameters);
}

/** Checks an element of the option `hostTypes`. */
export function checkHostType(type: HostType): void {
  if (HostType.is(type)) return;
  throw mustBe("a host type", "made by hostType", type);
}

/** Returns the functions with their names. */
export function entriesOf(
  functions: Readonly<Record<string, AnyHostFunction>>,
): [string, AnyHostFunction][] {
  if (typeof functions === "object" && functions !== null) {
    if (!isArray(functions) && !isRevoked(functions)) {
      return Object.entries(functions);
    }
  }
  throw mustBe("functions", "an object of functions by name", functions);
}

/** Checks a function, and returns it. */
export function checkFunction(
  name: string,
  value: AnyHostFunction,
): AnyHostFunction {
  if (
    typeof value === "object" && value !== null && !isRevoked(value) &&
    typeof value.types === "string" && isFunction(value.call)
  ) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `export function '${name}' must be { types, call }, got ${
      describeValue(value)
    }`,
  );
}

function invalid(expected: string, actual: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${expected}, got ${
      typeof actual === "string" ? `'${actual}'` : describeValue(actual)
    }`,
  );
}
