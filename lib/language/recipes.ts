import { LOOPS, PEEL, type Recipe } from "../tuning/recipes.ts";

/**
 * The flags to try for programs of language models, besides IREE's defaults.
 * Recipes for convolutions would only take time. Those with data tiling are faster
 * with f32, but each program would hold a copy of all weights.
 */
export const LANGUAGE_RECIPES: readonly Recipe[] = [
  {
    name: "loops",
    flags: LOOPS,
    reason: "a few percent faster for some models",
  },
  {
    name: "peel-loops",
    flags: [PEEL, ...LOOPS],
    reason: "best for most programs of transformers",
  },
];
