import { type CompiledProgram, Compiler } from "../compiler/compiler.ts";
import { ProgramCache } from "../compiler/program_cache.ts";
import { compileOnnx, withDoubles } from "../compiler/onnx_compile.ts";
import { demandModel } from "../compiler/model_shapes.ts";
import {
  type CompileSource,
  type ReadSource,
  readSource,
} from "../compiler/compile_source.ts";
import { sourceKey } from "../compiler/source_key.ts";
import { withTarget } from "../compiler/target.ts";
import {
  type ProgramTuning,
  tuningOf,
  withTuning,
} from "../inspect/program_tuning.ts";
import { type CompiledRecipe, compileRecipes } from "./compile_recipes.ts";
import { demandCpu, withRecipe } from "./recipe_flags.ts";
import {
  type ReadTuneOptions,
  readTuneOptions,
  type TuneOptions,
} from "./options.ts";
import { parallelCompiles } from "./parallel_compiles.ts";
import { DEFAULT_RECIPE, type Recipe } from "./recipes.ts";
import { Trial } from "./trial.ts";
import { tuningKey } from "./tuning_key.ts";

/** A tuned program, and the tuning result. */
export interface TunedProgram extends CompiledProgram {
  /** The tuning result; the program also contains it, for the device `auto`. */
  readonly tuning: ProgramTuning;
}

/** Part of the time that is spent compiling; the rest is for measuring. */
const COMPILE_PART = 0.7;

/**
 * Compiles a program with several recipes, measures each on several devices,
 * and returns the fastest one with the same results as the default recipe. A
 * child process measures; without one, the event loop is blocked for one call,
 * or a few milliseconds, at a time.
 *
 * @example
 * ```ts ignore takes a minute
 * import { load } from "@iree/runtime";
 * import { tune } from "@iree/runtime/tuning";
 *
 * const { bytes, tuning } = await tune("model.mlir");
 * console.log(tuning.choice.recipe, tuning.choice.milliseconds);
 * using program = load(bytes, { device: "auto" });
 * ```
 *
 * @param source MLIR text, MLIR bytecode, a path or a URL.
 * @param options The function, its inputs, the recipes and limits.
 * @returns The program. Rejects with a `CompileError` if the default recipe does
 * not compile, and with the signal's reason if it is aborted.
 */
export async function tune(
  source: CompileSource,
  options?: TuneOptions,
): Promise<TunedProgram> {
  const read = readTuneOptions(options);
  const { signal, library, cache = true } = read;
  const flags = withTarget(read.target, read.flags ?? []);
  demandCpu(flags);
  signal?.throwIfAborted();
  const given = await readSource(source, signal);
  const name = read.name ?? given.name;
  await using compiler = await Compiler.open({ library, cache, isolate: true });
  const compileAs =
    (bytes: Uint8Array<ArrayBuffer>, flags: readonly string[]): Compile =>
    (recipe, signal) =>
      compiler.compileProgram(bytes, {
        name,
        flags: withRecipe(flags, recipe),
        signal,
      });
  const { standard, compile, bytes } = await compileStandard(
    given,
    { ...read, library: compiler.path },
    (bytes) =>
      compileAs(
        bytes,
        given.onnx === undefined ? flags : withDoubles(bytes, flags),
      ),
  );
  const trial = new Trial(standard, read);
  const kept = cache ? findCache() : undefined;
  const origin = { library: compiler.path, flags, source: bytes };
  const key = kept &&
    await tuningKey(origin, trial.name, trial.inputs, read);
  const known = key ? await findTuned(kept, key) : undefined;
  const tuned = known ??
    await tryRecipes(trial, standard, compile, bytes.length, read);
  const path = await keep(kept, tuned, name, [
    key,
    await sourceKey(given, {
      ...{ library: compiler.path, flags, isTuned: true },
      ...{ shapes: read.shapes, clean: read.clean },
    }),
  ]);
  return { ...tuned, path };
}

/**
 * Compiles the default recipe: an ONNX model in the first of its forms that
 * compiles, which the other recipes use too.
 */
async function compileStandard(
  { bytes, onnx }: ReadSource,
  options: ReadTuneOptions & { readonly library: string },
  compileAs: (bytes: Uint8Array<ArrayBuffer>) => Compile,
): Promise<StandardRecipe> {
  const { signal, shapes, clean, library, onDiagnostic } = options;
  const make = async (bytes: Uint8Array<ArrayBuffer>) => {
    const compile = compileAs(bytes);
    const program = await compile(DEFAULT_RECIPE, signal);
    return { standard: { recipe: DEFAULT_RECIPE, program }, compile, bytes };
  };
  if (onnx === undefined) {
    demandModel(shapes, options.name ?? "source.mlir");
    return await make(bytes);
  }
  const importing = { library, shapes, clean, signal, onDiagnostic };
  return await compileOnnx(onnx, importing, make);
}

/** The default recipe of a source. */
interface StandardRecipe {
  readonly standard: CompiledRecipe;
  /** Compiles other recipes. */
  readonly compile: Compile;
  /** The MLIR. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Keeps a program in the cache, for another tuning of the same kind and for
 * `loadModel`.
 */
async function keep(
  cache: ProgramCache | undefined,
  { bytes, flags, compiler }: TunedProgram,
  source: string,
  keys: readonly (string | undefined)[],
): Promise<string | undefined> {
  const paths = keys.map((key) =>
    key === undefined
      ? undefined
      : cache?.put(key, bytes, { source, flags, compiler })
        .catch(() => undefined) // The program is there all the same.
  );
  return (await Promise.all(paths)).find((path) => path !== undefined);
}

/** Compiles a recipe. */
type Compile = (
  recipe: Recipe,
  signal: AbortSignal | undefined,
) => Promise<CompiledProgram>;

async function tryRecipes(
  trial: Trial,
  standard: CompiledRecipe,
  compile: Compile,
  sourceBytes: number,
  { recipes, seconds, compileSeconds, signal, onProgress }: ReadTuneOptions,
): Promise<TunedProgram> {
  const start = performance.now();
  onProgress?.({ step: "begin", recipes: recipes.length });
  const { compiled, skipped } = await compileRecipes({
    recipes,
    compile,
    parallel: parallelCompiles(sourceBytes),
    limit: 1000 * compileSeconds,
    deadline: start + COMPILE_PART * 1000 * seconds,
    signal,
    onEnd: ({ name }, skipped) =>
      onProgress?.({ step: "recipe", recipe: name, skipped }),
  });
  const result = await trial.measure(compiled, start + 1000 * seconds);
  const { program, recipe } = [standard, ...compiled]
    .find((it) => it.recipe === result.recipe)!;
  const tuning: ProgramTuning = {
    function: trial.name,
    choice: result.trials[0]!,
    flags: recipe.flags,
    trials: result.trials,
    skipped: [...skipped, ...result.skipped],
  };
  const bytes = withTuning(program.bytes, tuning);
  return { ...program, bytes, isCached: false, tuning };
}

function findCache(): ProgramCache | undefined {
  const found = ProgramCache.find();
  return found instanceof ProgramCache ? found : undefined;
}

async function findTuned(
  cache: ProgramCache,
  key: string,
): Promise<TunedProgram | undefined> {
  const found = await cache.get(key);
  if (found === undefined) return undefined;
  const { path, compiler, flags } = found;
  const bytes = await Deno.readFile(path);
  const tuning = tuningOf(bytes);
  if (tuning === undefined) return undefined;
  return { bytes, path, compiler, flags, isCached: true, tuning };
}
