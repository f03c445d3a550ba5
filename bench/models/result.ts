import { join } from "@std/path";
import type { TuningTrial } from "../../lib/tuning/mod.ts";
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
  /** Time of the default recipe on its fastest device, by tuning, in ms. */
  readonly standard: number;
  /** Nanoseconds of a call. */
  readonly time: Summary;
  /** Time divided by onnxruntime-node's, if it took part. */
  readonly ratio: Summary | undefined;
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
