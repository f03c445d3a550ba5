/**
 * Returns whether a function is public. Like `iree-run-module`, excludes
 * initializers and special entry points.
 *
 * @param name The exported function's name.
 */
export function isPublicFunction(name: string): boolean {
  return !name.startsWith("__") && !name.includes("$");
}

/** Members of a loaded program, and names with a meaning in JavaScript. */
const TAKEN: ReadonlySet<string> = new Set([
  "call",
  "callAsync",
  "compute",
  "computeAsync",
  "context",
  "devices",
  "dispose",
  "fork",
  "functionNames",
  "inputs",
  "lookupFunction",
  "mainModule",
  "outputs",
  "profile",
  "run",
  "then",
  "toJSON",
]);

/**
 * Returns whether a program's function can be called as
 * `program.name()`.
 *
 * @param name The exported function's name.
 */
export function isCalledByName(name: string): boolean {
  return isPublicFunction(name) && !(name in Object.prototype) &&
    !TAKEN.has(name);
}
