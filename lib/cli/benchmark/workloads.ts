import { IreeError, type LoadedProgram } from "../../../mod.ts";
import type { BenchmarkFlags } from "./flags.ts";
import { isDiscovered, Workload } from "./workload.ts";

/**
 * Prepares the functions to measure: the one that is named, or all that need no
 * inputs.
 *
 * @param program The program.
 * @param flags The flags.
 * @param stack Owns the workloads.
 */
export function createWorkloads(
  program: LoadedProgram,
  flags: BenchmarkFlags,
  stack: DisposableStack,
): Workload[] {
  const { devices } = program;
  const lead = devices[flags.device_lead_allocator ?? 0];
  // Scripts may leave the name empty.
  const name = flags.function || undefined;
  const options = {
    batchSize: flags.batch_size ?? 1,
    concurrency: flags.batch_concurrency ?? 1,
    keepsResults: flags.enable_output_processing,
  };
  if (name !== undefined) {
    const found = stack.use(program.lookupFunction(name));
    const inputs = flags.input;
    return [
      stack.use(new Workload(program, found, lead, { ...options, inputs })),
    ];
  }
  return exportsOf(program).flatMap((name) => {
    const found = stack.use(program.lookupFunction(name));
    if (!isDiscovered(found)) return [];
    const inputs = undefined;
    return stack.use(
      new Workload(program, found, lead, { ...options, inputs }),
    );
  });
}

/**
 * Prepares one function to measure: the one that is named, or the only one.
 *
 * @param program The program.
 * @param flags The flags.
 * @param stack Owns the workload.
 */
export function createWorkload(
  program: LoadedProgram,
  flags: BenchmarkFlags,
  stack: DisposableStack,
): Workload {
  const { functionNames } = program;
  const [only] = functionNames;
  const name = flags.function || (functionNames.length === 1 ? only : "");
  const [workload, ...others] = createWorkloads(
    program,
    { ...flags, function: name },
    stack,
  );
  if (workload !== undefined && others.length === 0) return workload;
  throw new IreeError(
    "INVALID_ARGUMENT",
    "more than one exported function present; --function= must be specified " +
      "explicitly",
    { hint: `functions: ${functionNames.join(", ")}` },
  );
}

/** Names of all functions of the main module, internal ones included. */
function exportsOf({ context }: LoadedProgram): string[] {
  const modules = context.modules;
  const main = modules[modules.length - 1];
  return (main?.exports ?? []).map(({ name }) => name);
}
