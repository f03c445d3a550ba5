import {
  copyArray,
  isArray,
  isFunction,
  isRevoked,
  mustBe,
} from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { toPath } from "../base/permissions.ts";
import type { VmFunction } from "../call/function.ts";
import { type CompileOptions, readFlags } from "../compiler/options.ts";
import type { LoadOptions } from "../program/load_options.ts";
import { checkInput, type TuneInput } from "./inputs.ts";
import { DEFAULT_RECIPE, type Recipe, RECIPES } from "./recipes.ts";

/** A step of tuning. */
export type TuneProgress =
  | {
    /** The default recipe was compiled, and the others start. */
    readonly step: "begin";
    /** Number of recipes. */
    readonly recipes: number;
  }
  | {
    /** A recipe was compiled or skipped. */
    readonly step: "recipe";
    /** Its name. */
    readonly recipe: string;
    /** Why it was skipped. */
    readonly skipped: string | undefined;
  }
  | {
    /** A round of measurements starts. */
    readonly step: "round";
    /** Its number, from 0. */
    readonly round: number;
    /** Number of remaining candidates: recipes on devices. */
    readonly left: number;
  };

/** Options for tuning. */
export interface TuneOptions extends
  Pick<
    CompileOptions,
    | "cache"
    | "clean"
    | "flags"
    | "library"
    | "name"
    | "onDiagnostic"
    | "shapes"
    | "signal"
    | "target"
  > {
  /** Name of the function to measure; by default the program's only one. */
  function?: string | undefined;
  /**
   * Inputs of the function, or a function that makes them. By default they are
   * random, which needs fixed shapes: pass inputs of typical sizes and contents
   * if the program's work depends on them.
   */
  inputs?:
    | readonly TuneInput[]
    | ((found: VmFunction) => readonly TuneInput[])
    | undefined;
  /** Options for loading programs to measure them. */
  load?:
    | Pick<LoadOptions, "library" | "parameterMode" | "parameters">
    | undefined;
  /**
   * Time limit of tuning in seconds, after the default recipe is compiled.
   *
   * @default {120}
   */
  seconds?: number | undefined;
  /**
   * Time limit for compiling each other recipe, in seconds.
   *
   * @default {60}
   */
  compileSeconds?: number | undefined;
  /**
   * How much floats in results may differ from the default recipe's, relative
   * to the largest one. Other results must be equal.
   *
   * @default {0.001}
   */
  tolerance?: number | undefined;
  /**
   * The recipes to try; the default one is always tried.
   *
   * @default {RECIPES}
   */
  recipes?: readonly Recipe[] | undefined;
  /**
   * The most workers of a device, by default one for each core. 1 suits servers
   * that run a program on each of several threads.
   */
  workers?: number | undefined;
  /** Receives the steps of tuning. */
  onProgress?: ((progress: TuneProgress) => void) | undefined;
}

/** Options that were read, with their defaults. */
export interface ReadTuneOptions extends Readonly<TuneOptions> {
  readonly seconds: number;
  readonly compileSeconds: number;
  readonly tolerance: number;
  readonly recipes: readonly Recipe[];
}

const LOAD_OPTIONS: OptionNames<NonNullable<TuneOptions["load"]>> = {
  library: true,
  parameterMode: true,
  parameters: true,
};

const OPTIONS: OptionNames<TuneOptions> = {
  cache: true,
  clean: true,
  compileSeconds: true,
  flags: true,
  function: true,
  inputs: true,
  library: true,
  load: true,
  name: true,
  onDiagnostic: true,
  onProgress: true,
  recipes: true,
  seconds: true,
  shapes: true,
  signal: true,
  target: true,
  tolerance: true,
  workers: true,
};

/** Reads and checks the options of tuning. */
export function readTuneOptions(
  options: TuneOptions | undefined,
): ReadTuneOptions {
  const read = readOptions(options, OPTIONS);
  checkSignal(read.signal);
  const { function: name, onProgress, inputs, recipes = RECIPES } = read;
  demand("function", name, "a string", typeof name === "string");
  demand(
    "onProgress",
    onProgress,
    "a function",
    isFunction(onProgress),
  );
  demand(
    "inputs",
    inputs,
    "an array or a function",
    isArray(inputs) || isFunction(inputs),
  );
  const { cache, name: source, target } = read;
  const { workers } = read;
  demand(
    "workers",
    workers,
    "a positive integer",
    Number.isSafeInteger(workers) && Number(workers) > 0,
  );
  demand("cache", cache, "a boolean", typeof cache === "boolean");
  demand("name", source, "a string", typeof source === "string");
  demand("target", target, "a string", typeof target === "string");
  return {
    ...read,
    inputs: isArray(inputs)
      ? copyArray("inputs", inputs as readonly TuneInput[], checkInput)
      : inputs,
    flags: readFlags(read.flags),
    load: read.load && readOptions(read.load, LOAD_OPTIONS, "load"),
    library: read.library === undefined ? undefined : toPath(read.library),
    seconds: positive("seconds", read.seconds ?? 120),
    compileSeconds: positive("compileSeconds", read.compileSeconds ?? 60),
    tolerance: positive("tolerance", read.tolerance ?? 1e-3),
    recipes: copyArray("recipes", recipes, checkRecipe)
      .filter((it) => it.name !== DEFAULT_RECIPE.name),
  };
}

function checkRecipe(value: Recipe): void {
  const isRecipe = !isRevoked(value) && typeof value?.name === "string" &&
    isArray(value.flags);
  if (!isRecipe) throw mustBe("a recipe", "a name and flags", value);
  readFlags(value.flags);
}

function demand(
  name: string,
  value: unknown,
  wanted: string,
  isRight: boolean,
): void {
  if (value === undefined || isRight) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${name} must be ${wanted}, got ${describeValue(value)}`,
  );
}

function positive(name: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${name} must be a number from 0, got ${describeValue(value)}`,
  );
}
