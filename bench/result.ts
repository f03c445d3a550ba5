import { join } from "@std/path";
import { requiredVariable } from "./cached_folder.ts";
import type { RowResult } from "./measure.ts";
import type { Properties } from "./properties.ts";
import type { Stall } from "./stall.ts";
import type { Stalls } from "./stalls.ts";

/** Where and of what the figures are. */
export interface Origin {
  /** When the run ended, as ISO 8601. */
  date: string;
  /** Commit of the checkout; ends with `+` where files differ from it. */
  commit: string;
  /** Processor, cores and system. */
  machine: string;
  /** Versions of Deno, IREE and the peers. */
  versions: Readonly<Record<string, string>>;
  /** Load of the machine before the run, over a minute. */
  load: number;
  rounds: number;
}

/** All that a run found out. */
export interface BenchResult {
  origin: Origin;
  rows: RowResult[];
  properties: Properties;
  /** How the event loop stands still; of onnxruntime-node where it took part. */
  stalls: Stalls & { onnx?: Stall };
  /** Who did not take part, and why. */
  absent: Record<string, string>;
}

/** Where the last run is kept. */
export function resultFolder(): string {
  return join(requiredVariable("IREE_DENO_CACHE"), "bench");
}

/** Reads what a run wrote. */
export async function readResult(path: string): Promise<BenchResult> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`there is no ${path}; ./dev bench writes it`);
  }
}
