import type { LoadedProgram } from "../../../mod.ts";
import { valueTypes } from "../run/inputs.ts";
import { compareWithExpected } from "../run/execution.ts";
import { TextReporter } from "../run/print_results.ts";
import { Results } from "../run/results.ts";
import type { BenchmarkFlags } from "./flags.ts";
import type { Workload } from "./workload.ts";

/**
 * Prints, writes or compares the results of a workload's last call.
 *
 * @param program The program.
 * @param workload The workload, which must keep results.
 * @param flags The flags.
 * @returns Whether the results are as expected.
 */
export function processResults(
  program: LoadedProgram,
  workload: Workload,
  flags: BenchmarkFlags,
): boolean {
  using stack = new DisposableStack();
  const { context: { instance }, devices } = program;
  const { found } = workload;
  const types = valueTypes(found.resultTypes, found.signature?.outputs);
  const results = new Results(
    instance,
    workload.takeResults(),
    types,
    devices[flags.device_lead_allocator ?? 0],
    stack,
  );
  const differences = compareWithExpected(found, results, instance, flags);
  new TextReporter(flags).end(results, [], differences);
  return !differences;
}
