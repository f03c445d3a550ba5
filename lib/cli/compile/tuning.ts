import { BufferView, Instance, type VmFunction } from "../../../mod.ts";
import { formatSignature } from "../../inspect/mod.ts";
import {
  tune,
  type TunedProgram,
  type TuneInput,
  type TuneOptions,
  type TuneProgress,
} from "../../tuning/mod.ts";
import { UsageError } from "../common/usage_error.ts";
import { MAIN_FLAGS } from "../run/flags.ts";
import {
  demandCount,
  type InputTarget,
  parseInputs,
  valueTypes,
} from "../run/inputs.ts";

/** Flags of `iree compile` for tuning. */
export const TUNE_FLAGS = {
  tune: {
    kind: "boolean",
    help: [
      "Tries sets of compiler flags, with and without threads, and writes the",
      "fastest program. Run it with --device=auto to use the device that was",
      "fastest.",
    ],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: ["The function to measure. Optional if there is only one."],
  },
  input: {
    kind: "list",
    value: "VALUE",
    help: [
      "An input of the function, as for iree run; repeat for several. By default",
      "they are random, which needs fixed shapes.",
    ],
  },
  parameters: MAIN_FLAGS.parameters as typeof MAIN_FLAGS.parameters,
  tune_seconds: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    help: ["Time limit of tuning: 120 by default."],
  },
  tune_compile_seconds: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    help: ["Time limit of compiling each set of flags: 60 by default."],
  },
  tune_workers: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    help: [
      "Maximum number of device threads to try; one per core by default.",
    ],
  },
  tune_tolerance: {
    kind: "number",
    value: "PART",
    min: 0,
    help: [
      "How much floats may differ from the default flags' results, relative to",
      "the largest one: 0.001 by default.",
    ],
  },
} as const;

/** Values of the flags. */
export interface TuneFlags {
  readonly tune: boolean;
  readonly isolate: boolean;
  readonly function: string | undefined;
  readonly input: readonly string[];
  readonly parameters: readonly string[];
  readonly tune_seconds: number | undefined;
  readonly tune_compile_seconds: number | undefined;
  readonly tune_tolerance: number | undefined;
  readonly tune_workers: number | undefined;
}

/**
 * Throws if there are flags for tuning without `--tune`.
 *
 * @param flags The flags.
 */
export function checkTuneFlags(flags: TuneFlags): void {
  if (flags.tune && !flags.isolate) {
    throw new UsageError("--no-isolate and --tune exclude each other");
  }
  if (flags.tune) return;
  for (const name of Object.keys(TUNE_FLAGS) as (keyof typeof TUNE_FLAGS)[]) {
    const value = flags[name];
    const isAbsent = Array.isArray(value) ? value.length === 0 : !value;
    if (!isAbsent) throw new UsageError(`--${name} needs --tune`);
  }
}

/**
 * Tunes a source.
 *
 * @param source The source.
 * @param flags The flags.
 * @param options Options for compiling it.
 * @param show Shows the progress.
 */
export async function runTuning(
  source: string | Uint8Array<ArrayBuffer>,
  flags: TuneFlags,
  options: TuneOptions,
  show: (what: string) => void,
): Promise<TunedProgram> {
  const { parameters } = flags;
  let ended = 0;
  let total = 0;
  return await tune(source, {
    ...options,
    function: flags.function,
    inputs: flags.input.length === 0
      ? undefined
      : (found) => readInputs(flags.input, found),
    load: parameters.length === 0 ? undefined : { parameters },
    seconds: flags.tune_seconds,
    compileSeconds: flags.tune_compile_seconds,
    tolerance: flags.tune_tolerance,
    workers: flags.tune_workers,
    onProgress: (progress) => {
      if (progress.step === "begin") total = progress.recipes;
      if (progress.step === "recipe") ended++;
      show(describeProgress(progress, ended, total));
    },
  });
}

function describeProgress(
  progress: TuneProgress,
  ended: number,
  total: number,
): string {
  return progress.step === "round"
    ? `measuring, round ${progress.round + 1} of ${progress.left} candidates`
    : `compiling, ${ended} of ${total} recipes`;
}

/** Reads the values of `--input`; tensors go to JavaScript memory. */
function readInputs(
  specs: readonly string[],
  { name, signature, argumentTypes }: VmFunction,
): TuneInput[] {
  using stack = new DisposableStack();
  const target: InputTarget = {
    types: valueTypes(argumentTypes, signature?.inputs),
    memory: stack.use(Instance.open()),
    name,
    declaration: signature && formatSignature(signature, name),
    role: "input",
  };
  const values = parseInputs(specs, target, stack);
  demandCount(target, values.length);
  return values.map((value, index) => {
    if (value instanceof BufferView) return value.toNdArray();
    if (typeof value !== "object") return value;
    throw new UsageError(
      `--input must be a number or a tensor for tuning, got '${specs[index]}'`,
    );
  });
}
