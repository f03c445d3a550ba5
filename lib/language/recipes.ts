import {
  DATA_TILING,
  LOOPS,
  MICROKERNELS,
  PEEL,
  type Recipe,
} from "../tuning/recipes.ts";

/**
 * The flags to try for programs of language models, besides IREE's defaults.
 * Recipes for convolutions would only take time.
 */
export const LANGUAGE_RECIPES: readonly Recipe[] = [
  {
    name: "tiling",
    flags: [DATA_TILING],
    reason: "best for single tokens with floats",
  },
  {
    name: "loops",
    flags: LOOPS,
    reason: "a few percent faster for single tokens with integers",
  },
  {
    name: "peel-loops",
    flags: [PEEL, ...LOOPS],
    reason: "best for most programs of transformers",
  },
  {
    name: "tiling-microkernels",
    flags: [DATA_TILING, MICROKERNELS],
    reason: "best for large parts of prompts",
  },
];
