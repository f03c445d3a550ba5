import { join } from "@std/path";
import { requiredVariable } from "./cached_folder.ts";
import type { RowResult } from "./measure.ts";
import type { Properties } from "./properties.ts";
import type { Stall } from "./stall.ts";
import type { Stalls } from "./stalls.ts";

/** The machine and the software of a run. */
export interface Origin {
  /** When the run ended, in ISO 8601. */
  date: string;
  /** Commit of the checkout; ends with `+` if there are local changes. */
  commit: string;
  /** CPU, cores and system. */
  machine: string;
  /** Versions of Deno, IREE and the peers. */
  versions: Readonly<Record<string, string>>;
  /** Load of the machine before the run, over a minute. */
  load: number;
  rounds: number;
}

/** All results of a run. */
export interface BenchResult {
  origin: Origin;
  rows: RowResult[];
  properties: Properties;
  /** Stalls of the event loop; onnxruntime-node's if it took part. */
  stalls: Stalls & { onnx?: Stall };
  /** Absent contestants, with the reason. */
  absent: Record<string, string>;
}

/** Path of the last run's result. */
export function resultFolder(): string {
  return join(requiredVariable("IREE_DENO_CACHE"), "bench");
}

/** Reads a run's result. */
export async function readResult(path: string): Promise<BenchResult> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${path} is missing; ./dev bench writes it`);
  }
}
