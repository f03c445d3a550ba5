import { IreeError } from "../base/error.ts";
import type { BoundCall } from "../call/bound_call.ts";
import type { VmFunction } from "../call/function.ts";
import { load } from "../program/load.ts";
import type { LoadOptions } from "../program/load_options.ts";
import type { LoadedProgram } from "../program/program.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { keepResults, type KeptResult } from "./compare.ts";
import type { CompiledRecipe } from "./compile_recipes.ts";
import type { Recipe } from "./recipes.ts";
import type { Variant } from "./variants.ts";

/** Minimum duration of a sample in milliseconds. */
const SAMPLE = 5;

/** Maximum number of calls in a sample. */
const MAX_CALLS = 1000;

/** Options for loading candidates. */
export interface CandidateOptions {
  /** The function's name; `undefined` for the only one. */
  readonly function?: string | undefined;
  /** Options for loading the program. */
  readonly load?: Omit<LoadOptions, "modules"> | undefined;
}

/** A program of a recipe, loaded on a device. */
export class Candidate implements Disposable {
  /** Its recipe. */
  readonly recipe: Recipe;
  /** Its device. */
  readonly variant: Variant;
  /** The function that is measured. */
  readonly found: VmFunction;
  readonly #program: LoadedProgram;
  #call: BoundCall | undefined;
  #calls = 1;

  /**
   * Loads a program.
   *
   * @param compiled The recipe and its program.
   * @param variant The device.
   * @param options Options for loading it.
   */
  constructor(
    { recipe, program: { path, bytes } }: CompiledRecipe,
    variant: Variant,
    options: CandidateOptions,
  ) {
    this.recipe = recipe;
    this.variant = variant;
    using stack = new DisposableStack();
    const program: LoadedProgram = stack.use(load({
      ...options.load,
      modules: [path ?? bytes],
      // Several candidates share the memory of one file.
      moduleMode: path === undefined ? undefined : "mmap",
      device: variant.device,
    }));
    this.found = program.lookupFunction(
      options.function ?? onlyFunction(program),
    );
    this.#program = program;
    stack.move();
  }

  /**
   * Calls the function for the first time, and determines how many calls make a
   * sample.
   *
   * @param inputs The inputs of all calls.
   * @returns The results.
   */
  warmUp(inputs: readonly TensorData[]): KeptResult[] {
    const call = this.#call = this.found.bind(...inputs);
    const results = keepResults(call.call());
    const count = Math.round(SAMPLE / this.sample());
    this.#calls = Math.min(MAX_CALLS, Math.max(1, count));
    return results;
  }

  /** Measures the time of a call, in milliseconds. */
  sample(): number {
    const start = performance.now();
    for (let i = 0; i < this.#calls; i++) this.#call?.run();
    return (performance.now() - start) / this.#calls;
  }

  /** Unloads the program. */
  [Symbol.dispose](): void {
    this.#call?.dispose();
    this.#program.dispose();
  }
}

function onlyFunction({ functionNames }: LoadedProgram): string {
  const [only, ...others] = functionNames;
  if (only !== undefined && others.length === 0) return only;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `function must be given: the program has ${functionNames.length} ` +
      "functions",
    {
      hint: `pass --function=NAME, or the option function: ${
        functionNames.join(", ") || "none"
      }`,
    },
  );
}
