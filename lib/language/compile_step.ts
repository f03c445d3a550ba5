import { findOrCompile } from "../compiler/compile.ts";
import { type CompiledProgram, Compiler } from "../compiler/compiler.ts";
import type { CompileOptions } from "../compiler/options.ts";
import type { ParameterIndex } from "../parameters/parameter_index.ts";
import type { TuneInput } from "../tuning/inputs.ts";
import { tune } from "../tuning/tune.ts";
import { BLOCK } from "./attention.ts";
import { dotKind, kernelFlags } from "./compile_flags.ts";
import type { Configuration, WeightType } from "./configuration.ts";
import { emitProgram, SCOPE } from "./emit_program.ts";
import type { LanguageTuning } from "./load_options.ts";
import { Random } from "./random.ts";
import { LANGUAGE_RECIPES } from "./recipes.ts";
import { Rotation } from "./rotation.ts";
import { stepInputs, type StepSize } from "./step_inputs.ts";

/** What the programs of a model are compiled from. */
export interface ProgramOptions {
  readonly configuration: Configuration;
  readonly roles: ReadonlySet<string>;
  readonly weights: WeightType;
  readonly index: ParameterIndex;
  readonly compile: Omit<CompileOptions, "signal"> | undefined;
  /** How programs are tuned, if they are. */
  readonly tune: LanguageTuning | undefined;
  /** Called before a program is tuned. */
  readonly onTune: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Compiles a program of a model, or finds it in the cache: the one that tuning
 * made, if there is one.
 *
 * @param options The model.
 * @param size How much a call computes.
 */
export async function compileStep(
  options: ProgramOptions,
  size: StepSize,
): Promise<CompiledProgram> {
  const { configuration, weights, roles, signal } = options;
  const dots = dotKind(options.compile);
  const source = emitProgram(configuration, { ...size, weights, dots, roles });
  const compiling: CompileOptions = {
    name: `${configuration.architecture}_${size.batch}x${size.chunk}.mlir`,
    ...options.compile,
    flags: kernelFlags(weights, options.compile),
    signal,
  };
  if (options.tune === undefined) return await findOrCompile(source, compiling);
  return await findTuned(source, compiling) ??
    await tuneStep(source, compiling, options, size);
}

async function findTuned(
  source: string,
  { library, isolate, cache, ...target }: CompileOptions,
): Promise<CompiledProgram | undefined> {
  await using compiler = await Compiler.open({ library, isolate, cache });
  return await compiler.findTuned(source, target);
}

async function tuneStep(
  source: string,
  { library, cache, target, flags, name, onDiagnostic, signal }: CompileOptions,
  { configuration, index, tune: tuning, onTune }: ProgramOptions,
  size: StepSize,
): Promise<CompiledProgram> {
  onTune();
  return await tune(source, {
    ...{ library, cache, target, flags, name, onDiagnostic, signal },
    recipes: LANGUAGE_RECIPES,
    ...tuning,
    inputs: typicalInputs(configuration, size),
    load: { parameters: { scope: SCOPE, index } },
  });
}

/** Number of positions before the tokens: as in a chat that has begun. */
const POSITION = 3 * BLOCK;

// The time of a call depends on the length of the text before.
function typicalInputs(
  { rotation, vocabulary, layers, keyHeads, headSize }: Configuration,
  size: StepSize,
): TuneInput[] {
  const random = new Random(1);
  const rows = Array.from({ length: size.batch }, () => ({
    position: POSITION,
    tokens: Array.from(
      { length: size.chunk },
      () => Math.floor(random.next() * vocabulary),
    ),
  }));
  const blocks = Math.ceil((POSITION + size.chunk) / BLOCK);
  const shape = [1, layers, 2, blocks, BLOCK, keyHeads, headSize];
  const length = shape.reduce((left, right) => left * right, 1);
  const data = Float32Array.from({ length }, () => random.next() - 0.5);
  return [
    ...stepInputs(new Rotation(rotation), size, rows),
    ...rows.map((): TuneInput => ({ elementType: "f32", shape, data })),
  ];
}
