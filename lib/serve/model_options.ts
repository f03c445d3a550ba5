import { toInteger } from "../base/checks.ts";
import type { OptionNames } from "../base/options.ts";
import type { LoadModelOptions } from "../compiler/load_model.ts";
import type { BatcherOptions } from "./batcher_options.ts";
import type { ModelTensor, ModelValue } from "./data_type.ts";

/** A model that is written in TypeScript. */
export interface ModelFunction {
  /** The inputs. */
  readonly inputs: readonly ModelTensor[];
  /** The outputs. */
  readonly outputs: readonly ModelTensor[];
  /**
   * Answers a request.
   *
   * @param inputs The inputs by name, as declared.
   * @param options The signal is aborted when the answer is no longer needed.
   * @returns The outputs by name.
   */
  run(
    inputs: Readonly<Record<string, ModelValue>>,
    options: { readonly signal: AbortSignal },
  ): Promise<Readonly<Record<string, ModelValue>>>;
}

/** How a model is served. */
export interface ModelOptions {
  /**
   * The version, a positive integer. Requests that name none get the highest.
   *
   * @default {1}
   */
  version?: number | undefined;
  /** Name of the function; by default the program's only one. */
  function?: string | undefined;
  /**
   * How many calls run at the same time.
   *
   * @default {1}
   */
  instances?: number | undefined;
  /**
   * How many requests may wait; those that run do not count.
   *
   * @default {64}
   */
  maxQueue?: number | undefined;
  /** Options for joining requests; by default each request is one call. */
  batching?: Omit<BatcherOptions, "maxQueue"> | undefined;
}

/** Options for loading and serving a model. */
export interface LoadedModelOptions extends ModelOptions {
  /** Options for loading or compiling its file. */
  load?: Omit<LoadModelOptions, "watch" | "onReload"> | undefined;
}

/** Names of the options of a model. */
export const MODEL_OPTIONS: OptionNames<ModelOptions> = {
  version: true,
  function: true,
  instances: true,
  maxQueue: true,
  batching: true,
};

/** Names of the options of a model that is loaded. */
export const LOADED_MODEL_OPTIONS: OptionNames<LoadedModelOptions> = {
  ...MODEL_OPTIONS,
  load: true,
};

/** The largest accepted version. */
const LAST_VERSION = Number.MAX_SAFE_INTEGER;

/** Checks the version of a model. */
export function readVersion(version = 1): number {
  return toInteger("version", version, 1, LAST_VERSION);
}
