import { IreeError } from "../base/error.ts";
import type { Recipe } from "./recipes.ts";

/**
 * Throws INVALID_ARGUMENT unless flags compile for a CPU, to a program that can
 * contain a tuning result.
 *
 * @param flags All flags.
 */
export function demandCpu(flags: readonly string[]): void {
  for (const flag of flags) {
    const backend = /^--?iree-hal-target-backends=(.*)$/.exec(flag)?.[1];
    const device = /^--?iree-hal-target-device=(.*)$/.exec(flag)?.[1];
    if (
      backend !== undefined && backend !== "llvm-cpu" ||
      device !== undefined && !/^local(?:\[|$)/.test(device)
    ) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "the target must be a CPU of this machine for tuning, such as host, " +
          `got ${backend ?? device}`,
      );
    }
    if (/^--?iree-vm-emit-polyglot-zip=(?:false|0)$/.test(flag)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `flags must keep the program's archive for tuning, got ${flag}`,
      );
    }
  }
}

/**
 * Adds a recipe's flags. The caller's own flags replace those of the same name,
 * since the compiler accepts each once.
 *
 * @param flags The caller's flags.
 * @param recipe The recipe.
 */
export function withRecipe(
  flags: readonly string[],
  recipe: Recipe,
): string[] {
  const names = new Set(flags.map(nameOf));
  return [...flags, ...recipe.flags.filter((flag) => !names.has(nameOf(flag)))];
}

function nameOf(flag: string): string {
  return flag.replace(/^-+/, "").replace(/=.*$/s, "");
}
