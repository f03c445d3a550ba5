/**
 * Tuning: finds a program's fastest compiler flags and device by measuring
 * them.
 *
 * @example
 * ```ts ignore takes a minute
 * import { load } from "@iree/runtime";
 * import { tune } from "@iree/runtime/tuning";
 *
 * const { bytes } = await tune("model.mlir", { seconds: 60 });
 * using program = load(bytes, { device: "auto" });
 * ```
 *
 * @module
 */

export {
  type ProgramTuning,
  type SkippedRecipe,
  tuningOf,
  type TuningTrial,
} from "../inspect/program_tuning.ts";
export type { TuneInput } from "./inputs.ts";
export type { TuneOptions, TuneProgress } from "./options.ts";
export { DEFAULT_RECIPE, type Recipe, RECIPES } from "./recipes.ts";
export { tune, type TunedProgram } from "./tune.ts";
