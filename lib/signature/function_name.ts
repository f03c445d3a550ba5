/**
 * Whether a function is there for people to call: not an initializer and not a
 * special entry point, as `iree-run-module` sees it.
 *
 * @param name Name of an exported function.
 */
export function isPublicFunction(name: string): boolean {
  return !name.startsWith("__") && !name.includes("$");
}

/** Members of a loaded program, and names that the language calls by itself. */
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
  "lookupFunction",
  "mainModule",
  "run",
  "then",
  "toJSON",
]);

/**
 * Whether a function of a program can be called by its name, as
 * `program.name()`.
 *
 * @param name Name of an exported function.
 */
export function isCalledByName(name: string): boolean {
  return isPublicFunction(name) && !(name in Object.prototype) &&
    !TAKEN.has(name);
}
