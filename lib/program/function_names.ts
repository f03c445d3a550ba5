import type { Argument, CallResult } from "../call/argument.ts";
import type { VmFunction } from "../call/function.ts";
import { isCalledByName } from "../signature/function_name.ts";

/**
 * Makes the functions of a program its properties: `program.add(1, 2)`.
 *
 * @param program The program.
 * @param names Names of its functions; those that cannot be properties are left
 * out.
 * @param find Finds a function.
 */
export function defineFunctions(
  program: object,
  names: readonly string[],
  find: (name: string) => VmFunction,
): void {
  for (const name of names) {
    if (isCalledByName(name)) define(program, name, find);
  }
}

/**
 * Removes what {@linkcode defineFunctions} made.
 *
 * @param program The program.
 * @param names Names of its functions.
 */
export function removeFunctions(
  program: object,
  names: readonly string[],
): void {
  for (const name of names) {
    if (isCalledByName(name)) Reflect.deleteProperty(program, name);
  }
}

// The first use replaces the getter with the function.
function define(
  program: object,
  name: string,
  find: (name: string) => VmFunction,
): void {
  const configurable = true;
  const enumerable = true;
  Object.defineProperty(program, name, {
    configurable,
    enumerable,
    get: () => {
      const value = (...values: Argument[]): CallResult =>
        find(name).call(...values);
      Object.defineProperty(value, "name", { value: name });
      Object.defineProperty(program, name, { configurable, enumerable, value });
      return value;
    },
  });
}

/**
 * Makes programs look up names that they do not have, which throws and lists the
 * functions.
 *
 * @param prototype Prototype of programs.
 * @param isProgram Whether a value is a program, rather than a prototype.
 * @param find Finds a function of a program.
 */
export function lookUpUnknownNames<Program>(
  prototype: object,
  isProgram: (value: unknown) => value is Program,
  find: (program: Program, name: string) => VmFunction,
): void {
  const unknownNames = new Proxy({}, {
    get: (target, name, program: unknown) => {
      const isFunctionName = typeof name === "string" && isCalledByName(name) &&
        isProgram(program);
      return isFunctionName
        ? find(program, name)
        : Reflect.get(target, name, program);
    },
  });
  Object.setPrototypeOf(prototype, unknownNames);
}
