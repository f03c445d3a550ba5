import { join } from "@std/path";
import type { SkippedRecipe, TuningTrial } from "../../lib/tuning/mod.ts";
import { type Origin, resultFolder } from "../result.ts";
import type { Summary } from "../statistics.ts";
import type { Threads } from "./catalog.ts";

/** A model with a number of threads. */
export interface ModelRow {
  readonly model: string;
  readonly threads: Threads;
  readonly isSynthetic: boolean;
  /** What tuning chose. */
  readonly choice: TuningTrial;
  /** All trials of tuning. */
  readonly trials: readonly TuningTrial[];
  /** Recipes that were not measured. */
  readonly skipped: readonly SkippedRecipe[];
  /** Nanoseconds of a call. */
  readonly time: Summary;
  /** Time divided by onnxruntime-node's, if it took part. */
  readonly ratio: Summary | undefined;
}

/**
 * Returns the time of a recipe on its fastest device, in proportion to that of the
 * default one.
 *
 * @param row The model.
 * @param recipe The recipe's name.
 * @returns The proportion; 1 for a recipe that makes the same program as the
 * default one, `undefined` for one that was not measured.
 */
export function proportionOf(
  { trials, skipped }: ModelRow,
  recipe: string,
): number | undefined {
  const reason = skipped.find((it) => it.recipe === recipe)?.reason;
  const same = /^makes the same program as (.*)$/.exec(reason ?? "")?.[1];
  const bestOf = (name: string) =>
    Math.min(
      ...trials.filter((it) => it.recipe === name)
        .map((it) => it.milliseconds),
    );
  const proportion = bestOf(same ?? recipe) / bestOf("default");
  return proportion === Infinity ? undefined : proportion;
}

/** A run of `./dev bench:models`. */
export interface ModelsResult {
  readonly origin: Origin;
  readonly rows: readonly ModelRow[];
  /** Models and contestants that are left out, with the reason. */
  readonly absent: Readonly<Record<string, string>>;
}

/** The file with the last run. */
export function modelsResultFile(): string {
  return join(resultFolder(), "models.json");
}
