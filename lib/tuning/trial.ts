import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import type { SkippedRecipe, TuningTrial } from "../inspect/program_tuning.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { Candidate } from "./candidate.ts";
import { choose, type Standing } from "./choose.ts";
import { findDifference, type KeptResult } from "./compare.ts";
import type { CompiledRecipe } from "./compile_recipes.ts";
import { randomInputs, toData } from "./inputs.ts";
import type { ReadTuneOptions } from "./options.ts";
import { probe } from "./probe.ts";
import type { Recipe } from "./recipes.ts";
import { median, spreadOf } from "./statistics.ts";
import { createVariants, type Variant } from "./variants.ts";

/** The measurements. */
export interface TrialResult {
  /** The recipe that was chosen. */
  readonly recipe: Recipe;
  /** The trials, the chosen one first. */
  readonly trials: readonly TuningTrial[];
  /** Recipes that were not measured. */
  readonly skipped: readonly SkippedRecipe[];
}

/** Loads programs of recipes on several devices, and measures them. */
export class Trial implements Disposable {
  /** Name of the measured function. */
  readonly name: string;
  /** Its inputs. */
  readonly inputs: readonly TensorData[];
  readonly #options: ReadTuneOptions;
  readonly #standard: CompiledRecipe;
  readonly #variants: readonly Variant[];
  readonly #stack: DisposableStack;

  /**
   * Creates devices, finds the function and makes inputs.
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
    this.#variants = createVariants(instance, stack, options.workers);
    using first = new Candidate(standard, this.#variants[0]!, options);
    const { found } = first;
    this.name = found.name;
    const { inputs } = options;
    this.inputs = inputs === undefined
      ? randomInputs(found)
      : toData(typeof inputs === "function" ? inputs(found) : inputs);
    this.#stack = stack.move();
  }

  /**
   * Measures recipes on all devices.
   *
   * @param compiled The recipes besides the default one, and their programs.
   * @param deadline When to stop, by `performance.now()`.
   * @returns The measurements; rejects if the signal is aborted.
   */
  async measure(
    compiled: readonly CompiledRecipe[],
    deadline: number,
  ): Promise<TrialResult> {
    using stack = new DisposableStack();
    const { onProgress, signal } = this.#options;
    const isTimeUp = () => performance.now() >= deadline;
    const pause = async () => {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    };
    const skipped: SkippedRecipe[] = [];
    const crash = await this.#probe(this.#standard, Infinity);
    if (crash !== undefined) {
      throw new IreeError("INTERNAL", `the program ${crash}`);
    }
    const candidates = this.#load(this.#standard, undefined, stack);
    const known = [this.#standard];
    for (const one of compiled) {
      await pause();
      const same = known.find((it) => isSameProgram(it, one));
      const loaded = same !== undefined
        ? `makes the same program as ${same.recipe.name}`
        : isTimeUp()
        ? "no time left"
        : await this.#probe(one, deadline) ?? this.#tryToLoad(one, stack);
      known.push(one);
      if (typeof loaded !== "string") candidates.push(...loaded);
      else skipped.push({ recipe: one.recipe.name, reason: loaded });
    }
    // Of equally fast candidates, the one with the fewest threads is chosen.
    const place = ({ variant }: Candidate) => this.#variants.indexOf(variant);
    const standings = await choose({
      candidates: candidates.toSorted((one, two) => place(one) - place(two)),
      sample: (candidate) => candidate.sample(),
      pause,
      isTimeUp,
      onRound: (round, left) => onProgress?.({ step: "round", round, left }),
    });
    const { candidate: { recipe } } = standings[0]!;
    return { recipe, trials: standings.map(describeStanding), skipped };
  }

  /** Returns why a program cannot be called in this process. */
  async #probe(
    { program: { path, bytes } }: CompiledRecipe,
    deadline: number,
  ): Promise<string | undefined> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const left = deadline - performance.now();
    const timer = left < Infinity ? setTimeout(abort, left) : undefined;
    const { signal, load } = this.#options;
    signal?.addEventListener("abort", abort);
    try {
      return await probe({
        program: path ?? bytes,
        devices: this.#variants.map(({ uri, workers }) => ({ uri, workers })),
        ...{ name: this.name, inputs: this.inputs, options: { ...load } },
      }, controller.signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (controller.signal.aborted) return "no time left";
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  #expected: readonly KeptResult[] = [];

  /** Loads a recipe on all devices; returns why it cannot be used, as a text. */
  #tryToLoad(
    compiled: CompiledRecipe,
    stack: DisposableStack,
  ): Candidate[] | string {
    using own = new DisposableStack();
    try {
      const candidates = this.#load(compiled, this.#expected, own);
      stack.use(own.move());
      return candidates;
    } catch (error) {
      if (error instanceof Different) return error.message;
      const text = error instanceof Error ? error.message : String(error);
      return `does not run: ${text.split("\n")[0]}`;
    }
  }

  #load(
    compiled: CompiledRecipe,
    expected: readonly KeptResult[] | undefined,
    stack: DisposableStack,
  ): Candidate[] {
    return this.#variants.map((variant) => {
      const candidate = stack.use(
        new Candidate(compiled, variant, this.#options),
      );
      const results = candidate.warmUp(this.inputs);
      if (expected === undefined) this.#expected = results;
      else demandSame(expected, results, this.#options.tolerance);
      return candidate;
    });
  }

  /** Disposes the devices. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** A recipe computes different results. */
class Different extends Error {}

function demandSame(
  expected: readonly KeptResult[],
  actual: readonly KeptResult[],
  tolerance: number,
): void {
  const difference = findDifference(expected, actual, tolerance);
  if (difference !== undefined) throw new Different(difference);
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
