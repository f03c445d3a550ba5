/**
 * Whether a function is there for people to call: not an initializer and not a
 * special entry point, as `iree-run-module` sees it.
 *
 * @param name Name of an exported function.
 */
export function isPublicFunction(name: string): boolean {
  return !name.startsWith("__") && !name.includes("$");
}
