import type { FunctionDescription } from "../vm/module.ts";

/**
 * The declaration of a function, for the hint of an error.
 *
 * @param description Its description by its module.
 */
export function declarationHint(
  { attributes }: FunctionDescription,
): string | undefined {
  const declaration = attributes["iree.abi.declaration"];
  return declaration && `the function is declared as \`${declaration}\``;
}
