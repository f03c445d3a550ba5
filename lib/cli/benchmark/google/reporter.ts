import type { MachineContext } from "./machine.ts";
import type { Run } from "./run.ts";

/** What is known before the first run. */
export interface Report {
  /** Names of the benchmarks. */
  readonly names: readonly string[];
  /** Whether there are aggregates. */
  readonly hasAggregates: boolean;
  /** The machine. */
  readonly context: MachineContext;
}

/** Formats results; each function returns the text to print next. */
export interface Reporter {
  /** Called first. */
  begin(report: Report): string;
  /** Called with the runs of a benchmark. */
  report(runs: readonly Run[]): string;
  /** Called last. */
  end(): string;
}
