import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import type { SkippedRecipe, TuningTrial } from "../inspect/program_tuning.ts";
import { load } from "../program/load.ts";
import type { LoadedProgram } from "../program/program.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { choose, type Standing } from "./choose_fastest.ts";
import { findDifference, type KeptResult } from "./compare_results.ts";
import type { CompiledRecipe } from "./compile_recipes.ts";
import { randomInputs, toData } from "./inputs.ts";
import type { MeasuredProgram } from "./laboratory.ts";
import { createMeasurer, Failure, type Measurer } from "./measurer.ts";
import type { ReadTuneOptions } from "./options.ts";
import type { Recipe } from "./recipes.ts";
import { median, spreadOf } from "./statistics.ts";
import { createDevice, findVariants, type Variant } from "./variants.ts";

/** The measurements. */
export interface TrialResult {
  /** The recipe that was chosen. */
  readonly recipe: Recipe;
  /** The trials, the chosen one first. */
  readonly trials: readonly TuningTrial[];
  /** Recipes that were not measured. */
  readonly skipped: readonly SkippedRecipe[];
}

/** A recipe on a device. */
interface Candidate {
  readonly recipe: Recipe;
  /** The program's number. */
  readonly id: number;
  readonly variant: Variant;
}

/** Measures the programs of recipes on several devices. */
export class Trial {
  /** Name of the measured function. */
  readonly name: string;
  /** Its inputs. */
  readonly inputs: readonly TensorData[];
  readonly #options: ReadTuneOptions;
  readonly #standard: CompiledRecipe;
  readonly #variants: readonly Variant[];

  /**
   * Finds the function and makes inputs.
   *
   * @param standard The default recipe and its program.
   * @param options The options of tuning.
   */
  constructor(standard: CompiledRecipe, options: ReadTuneOptions) {
    this.#options = options;
    this.#standard = standard;
    using stack = new DisposableStack();
    const { library } = options.load ?? {};
    const instance = stack.use(Instance.open({ library }));
    this.#variants = findVariants(instance, options.workers);
    const device = stack.use(createDevice(instance, this.#variants[0]!));
    const program = stack.use(
      load({ ...options.load, modules: [fileOf(standard)], device }),
    );
    const found = program.lookupFunction(
      options.function ?? onlyFunction(program),
    );
    this.name = found.name;
    const { inputs } = options;
    this.inputs = inputs === undefined
      ? randomInputs(found)
      : toData(typeof inputs === "function" ? inputs(found) : inputs);
  }

  /**
   * Measures recipes on all devices.
   *
   * @param compiled The recipes besides the default one, and their programs.
   * @param deadline When to stop, by `performance.now()`.
   * @returns The measurements; rejects if the signal is aborted, or if the
   * default recipe does not run.
   */
  async measure(
    compiled: readonly CompiledRecipe[],
    deadline: number,
  ): Promise<TrialResult> {
    const { onProgress } = this.#options;
    const isTimeUp = () => performance.now() >= deadline;
    await using measurer = createMeasurer({
      variants: this.#variants,
      ...{ name: this.name, inputs: this.inputs },
      load: { ...this.#options.load },
    });
    const all = [this.#standard, ...compiled];
    const failures = new Map<number, string>();
    const loaded = await this.#loadAll(all, measurer, deadline, failures);
    // Of equally fast candidates, the one with the fewest threads is chosen.
    const candidates = this.#variants.flatMap((variant) =>
      loaded.map((id): Candidate => ({ recipe: all[id]!.recipe, id, variant }))
    );
    const signal = this.#options.signal ?? new AbortController().signal;
    const standings = await choose({
      candidates,
      sample: async ({ id, variant }) => {
        if (failures.has(id)) return undefined;
        const place = this.#variants.indexOf(variant);
        const time = await measurer.sample(id, place, signal);
        if (typeof time === "number") return time;
        // Without the default recipe there is nothing to compare with.
        if (id === 0) throw time.error;
        failures.set(id, time.reason);
        return undefined;
      },
      pause: () => this.#pause(),
      isTimeUp,
      onRound: (round, left) => onProgress?.({ step: "round", round, left }),
    });
    const left = standings.filter(({ candidate: { id } }) => !failures.has(id));
    const skipped = [...failures].map(([id, reason]) => (
      { recipe: all[id]!.recipe.name, reason }
    ));
    const { candidate: { recipe } } = left[0]!;
    return { recipe, trials: left.map(describeStanding), skipped };
  }

  /** Lets the event loop turn, and rejects if the signal is aborted. */
  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.#options.signal?.throwIfAborted();
  }

  /** Loads recipes on all devices; returns the numbers of those that run. */
  async #loadAll(
    all: readonly CompiledRecipe[],
    measurer: Measurer,
    deadline: number,
    failures: Map<number, string>,
  ): Promise<number[]> {
    const loaded: number[] = [];
    let expected: readonly KeptResult[] | undefined;
    for (const [id, one] of all.entries()) {
      await this.#pause();
      const same = all.slice(0, id).find((it) => isSameProgram(it, one));
      const results = same !== undefined
        ? `makes the same program as ${same.recipe.name}`
        : await this.#load(id, one, measurer, id === 0 ? Infinity : deadline);
      const failure = typeof results === "string" || expected === undefined
        ? results
        : this.#compare(expected, results);
      if (typeof failure === "string") failures.set(id, failure);
      else loaded.push(id);
      if (typeof results !== "string") expected ??= results[0]!;
    }
    return loaded;
  }

  /** Compares the results of devices with the expected ones. */
  #compare(
    expected: readonly KeptResult[],
    results: readonly (readonly KeptResult[])[],
  ): string | undefined {
    const { tolerance } = this.#options;
    return results.map((it) => findDifference(expected, it, tolerance))
      .find((it) => it !== undefined);
  }

  /** Loads a recipe until the deadline; returns why it fails, as a text. */
  async #load(
    id: number,
    compiled: CompiledRecipe,
    measurer: Measurer,
    deadline: number,
  ): Promise<KeptResult[][] | string> {
    const left = deadline - performance.now();
    if (left <= 0) return "no time left";
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = left < Infinity ? setTimeout(abort, left) : undefined;
    const { signal } = this.#options;
    signal?.addEventListener("abort", abort);
    try {
      const program = fileOf(compiled);
      const results = await measurer.load(id, program, controller.signal);
      if (!(results instanceof Failure)) return results;
      // Without the default recipe there is nothing to compare with.
      if (id === 0) throw results.error;
      return results.reason;
    } catch (error) {
      signal?.throwIfAborted();
      if (controller.signal.aborted) return "no time left";
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

function fileOf({ program: { path, bytes } }: CompiledRecipe): MeasuredProgram {
  return path ?? bytes;
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

function isSameProgram(
  { program: { bytes: one } }: CompiledRecipe,
  { program: { bytes: other } }: CompiledRecipe,
): boolean {
  return one.length === other.length &&
    one.every((byte, index) => byte === other[index]);
}

function describeStanding(
  { candidate: { recipe, variant }, samples }: Standing<Candidate>,
): TuningTrial {
  return {
    recipe: recipe.name,
    device: variant.uri,
    workers: variant.workers,
    milliseconds: median(samples),
    spread: spreadOf(samples),
    rounds: samples.length,
  };
}
