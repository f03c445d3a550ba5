import {
  type FlatResult,
  type Instance,
  IreeError,
  type LoadedProgram,
  type Value,
  type VmFunction,
} from "../../../mod.ts";
import { formatSignature } from "../../inspect/mod.ts";
import { type CompareOptions, Profiling } from "../../tooling/mod.ts";
import { Capturer } from "../common/profile_flag.ts";
import { compareResults } from "./expected_outputs.ts";
import {
  demandCount,
  type InputTarget,
  parseExpected,
  parseInputs,
  valueTypes,
} from "./inputs.ts";
import { isProfiling } from "./native_flags.ts";
import type { DeviceRecorder } from "./recording.ts";
import type { Reporter } from "./print_results.ts";
import { Results } from "./results.ts";
import type { RunFlags } from "./all_flags.ts";

/**
 * Runs a function and prints, writes or compares its results.
 *
 * @param program The program.
 * @param found The function.
 * @param flags The flags.
 * @param reporter Reports progress and results.
 * @param recorder Records the calls.
 * @returns Whether the results are as expected.
 */
export async function execute(
  program: LoadedProgram,
  found: VmFunction,
  flags: RunFlags,
  reporter: Reporter,
  recorder: DeviceRecorder,
): Promise<boolean> {
  using stack = new DisposableStack();
  const { name } = found;
  const { context, devices } = program;
  const { instance } = context;
  const lead = devices[flags.device_lead_allocator ?? 0];
  const declaration = found.signature &&
    formatSignature(found.signature, name);
  const inputs: InputTarget = {
    types: valueTypes(found.argumentTypes, found.signature?.inputs),
    memory: lead ?? instance,
    name,
    declaration,
    role: "input",
  };
  const values = parseInputs(flags.input, inputs, stack);
  reporter.begin(name);
  demandCount(inputs, values.length);
  using capturer = await Capturer.begin(devices, flags.profile, {
    traceExecution: flags.trace_execution,
  });
  const { result, milliseconds } = profiled(
    program,
    flags,
    () =>
      recorder.scope(
        "execute",
        () => callRepeatedly(found, values, flags.repeat ?? 1),
      ),
  );
  await capturer.end();
  const types = valueTypes(found.resultTypes, found.signature?.outputs);
  const results = new Results(instance, result, types, lead, stack);
  if (flags.instrument_file !== undefined) {
    const { writeInstruments } = await import("./instruments.ts");
    await writeInstruments(context, flags.instrument_file);
  }
  const differences = compareWithExpected(found, results, instance, flags);
  await reporter.end(results, milliseconds, differences);
  return !differences;
}

interface Calls {
  /** The last call's results. */
  readonly result: FlatResult;
  /** The duration of each call. */
  readonly milliseconds: readonly number[];
}

function callRepeatedly(
  found: VmFunction,
  values: readonly Value[],
  count: number,
): Calls {
  const flat = found.with({ structures: false });
  const milliseconds: number[] = [];
  for (;;) {
    const start = performance.now();
    const result = flat.call(...values) as FlatResult;
    milliseconds.push(performance.now() - start);
    if (milliseconds.length === count) return { result, milliseconds };
    for (const value of Array.isArray(result) ? result : [result]) {
      if (typeof value === "object" && value !== null) value.dispose();
    }
  }
}

// IREE profiles the first device, whichever device allocates.
function profiled(
  program: LoadedProgram,
  flags: RunFlags,
  call: () => Calls,
): Calls {
  if (!isProfiling(flags)) return call();
  const [device] = program.devices;
  if (device === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "nothing to profile: the program uses no device",
    );
  }
  using profiling = Profiling.begin(device);
  const calls = call();
  profiling.end();
  return calls;
}

/** Flags for results that are compared. */
export type ExpectationFlags = Pick<
  RunFlags,
  | "equality_mode"
  | "expected_bf16_threshold"
  | "expected_f16_threshold"
  | "expected_f32_threshold"
  | "expected_f64_threshold"
  | "expected_output"
  | "expected_rtol"
>;

/**
 * Compares results with `--expected_output`.
 *
 * @param found The function.
 * @param results Its results.
 * @param instance The instance.
 * @param flags The flags.
 * @returns A line per difference; `undefined` when nothing is expected.
 */
export function compareWithExpected(
  found: VmFunction,
  results: Results,
  instance: Instance,
  flags: ExpectationFlags,
): string | undefined {
  if (flags.expected_output.length === 0) return undefined;
  using stack = new DisposableStack();
  const { name, signature } = found;
  const target: InputTarget = {
    types: valueTypes(found.resultTypes, signature?.outputs),
    memory: instance,
    name,
    declaration: signature && formatSignature(signature, name),
    role: "expected output",
  };
  const expected = parseExpected(flags.expected_output, target, stack);
  return compareResults(results, expected, {
    mode: flags.equality_mode as CompareOptions["mode"],
    f16Tolerance: flags.expected_f16_threshold,
    f32Tolerance: flags.expected_f32_threshold,
    f64Tolerance: flags.expected_f64_threshold,
    bf16Tolerance: flags.expected_bf16_threshold,
    relativeTolerance: flags.expected_rtol,
  });
}
