import { type Device, IreeError } from "../../../mod.ts";
import { DeviceProfile, type DeviceProfileRow } from "../../tooling/mod.ts";
import type { Benchmark, ProfiledFunction } from "./google/runner.ts";
import type { Workload } from "./workload.ts";

/** Time of one function, summed over all profiled iterations. */
interface Total {
  calls: number;
  nanoseconds: number;
  tileNanoseconds: number;
}

/** Profiles the dispatches of benchmarks, for `--dispatch_statistics`. */
export class DispatchProfiler {
  readonly #devices: readonly Device[];

  /**
   * Profiles nothing first, so that devices that cannot fail before anything is
   * measured.
   *
   * @param devices The program's devices.
   * @param isProfiling Whether flags ask for another profile.
   */
  constructor(devices: readonly Device[], isProfiling: boolean) {
    if (isProfiling) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "--dispatch_statistics cannot be combined with device profiling or " +
          "capture flags",
      );
    }
    if (devices.length === 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "--dispatch_statistics requires a module that uses HAL devices",
      );
    }
    this.#devices = devices;
    using profile = DeviceProfile.begin(devices);
    profile.end();
  }

  /**
   * Starts the profile of a workload.
   *
   * @param workload The workload.
   * @returns Runs it, and returns the sums so far.
   */
  start(workload: Workload): NonNullable<Benchmark["profile"]> {
    const totals = new Map<string, Total>();
    let iterations = 0;
    return async (batches) => {
      using profile = DeviceProfile.begin(this.#devices);
      await workload.run(batches);
      const { rows, droppedRecords } = profile.end();
      iterations += batches * workload.batchSize;
      const unscaled = rows.filter((row) => !addRow(totals, row)).length;
      if (totals.size === 0 || droppedRecords > 0 || unscaled > 0) {
        console.error(
          `--dispatch_statistics: BM_${workload.name}: ${totals.size} ` +
            `functions, ${droppedRecords} dropped records, ${unscaled} ` +
            "unscaled rows; timings may be incomplete",
        );
      }
      return toFunctions(totals, iterations);
    };
  }
}

/** Returns whether a row has what it should. */
function addRow(totals: Map<string, Total>, row: DeviceProfileRow): boolean {
  const isFunction = row.kind === "dispatches of a function" ||
    row.kind === "executions of a function";
  if (!isFunction) return true;
  if (row.nanoseconds === undefined) return false;
  const name = row.functionName ??
    `executable_${row.executable}_function_${row.functionOrdinal}`;
  const total = totals.get(name) ??
    { calls: 0, nanoseconds: 0, tileNanoseconds: 0 };
  total.calls += row.samples;
  total.nanoseconds += row.nanoseconds;
  total.tileNanoseconds += row.tileNanoseconds;
  totals.set(name, total);
  return true;
}

function toFunctions(
  totals: ReadonlyMap<string, Total>,
  iterations: number,
): ProfiledFunction[] {
  const all = [...totals].sort(([one], [other]) => one < other ? -1 : 1)
    .sort(([, one], [, other]) => other.nanoseconds - one.nanoseconds);
  const sum = all.reduce((sum, [, { nanoseconds }]) => sum + nanoseconds, 0);
  return all.map(([name, { calls, nanoseconds, tileNanoseconds }]) => ({
    name,
    calls: calls / iterations,
    percent: sum === 0 ? 0 : 100 * nanoseconds / sum,
    real: nanoseconds / 1e9 / iterations,
    cpu: tileNanoseconds / 1e9 / iterations,
    iterations,
  }));
}
