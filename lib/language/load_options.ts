import {
  isFunction,
  isInstance,
  mustBe,
  toName,
  toSize,
} from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { CompileOptions } from "../compiler/options.ts";
import { Device } from "../hal/device.ts";
import { readTuneOptions, type TuneOptions } from "../tuning/options.ts";
import { checkTarget } from "./compile_flags.ts";
import type { WeightType } from "./configuration.ts";

/** How far a model is loaded. */
export interface LoadProgress {
  /** What is being done. */
  readonly phase: "convert" | "compile" | "tune";
  /** Bytes that are written, while weights are converted. */
  readonly written: number;
  /** Bytes of all converted weights. */
  readonly total: number;
}

/** Options for loading a language model. */
export interface LanguageModelOptions {
  /**
   * The element type of matrices in memory: `f32` is exact, `f16` and `bf16` take
   * half of the memory, `int8` a quarter, and `int4` a sixth. `int4` keeps the
   * blocks of Q4_0 and Q4_1 of GGUF, and answers fastest on CPUs with AVX2.
   *
   * @default {"f32"}
   */
  weights?: WeightType | undefined;
  /**
   * The longest context in tokens.
   *
   * @default {the model's}
   */
  contextLength?: number | undefined;
  /**
   * How many tokens of a prompt are computed at a time; of short ones, a quarter.
   *
   * @default {64}
   */
  chunk?: number | undefined;
  /**
   * How many answers can share a call for their next tokens. More programs are
   * compiled, and answers at the same time are faster together.
   *
   * @default {1}
   */
  batch?: number | undefined;
  /**
   * The device or its URI.
   *
   * @default {"local-task"}
   */
  device?: string | Device | undefined;
  /** Options for compiling the model. */
  compile?: Omit<CompileOptions, "signal"> | undefined;
  /**
   * Whether to try several sets of compiler flags for each program, which takes
   * minutes, and to keep the fastest. Later loads find these programs in the
   * cache, with or without this option: to tune again with other options, remove
   * them with `iree cache`. In an object, `seconds` limits the time for
   * each program.
   *
   * @default {false}
   */
  tune?:
    | boolean
    | Pick<TuneOptions, "compileSeconds" | "recipes" | "seconds" | "workers">
    | undefined;
  /** Receives the progress of loading. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Stops loading. A conversion continues where it was the next time. */
  signal?: AbortSignal | undefined;
  /** Path of the shared library of the runtime; see `Instance.open`. */
  library?: string | URL | undefined;
}

/** Names of the options. */
export const LOAD_MODEL_OPTIONS: OptionNames<LanguageModelOptions> = {
  weights: true,
  contextLength: true,
  chunk: true,
  batch: true,
  device: true,
  compile: true,
  tune: true,
  onProgress: true,
  signal: true,
  library: true,
};

const TUNING_OPTIONS: OptionNames<LanguageTuning> = {
  compileSeconds: true,
  recipes: true,
  seconds: true,
  workers: true,
};

/** Element types of matrices. */
export const WEIGHT_TYPES: readonly WeightType[] = [
  "f32",
  "f16",
  "bf16",
  "int8",
  "int4",
];

/** Options for tuning programs. */
export type LanguageTuning = Exclude<
  LanguageModelOptions["tune"],
  boolean | undefined
>;

/** Options with their defaults. */
export interface CheckedLoadOptions
  extends Omit<Readonly<LanguageModelOptions>, "tune"> {
  /** How programs are tuned, if they are. */
  readonly tune: LanguageTuning | undefined;
  readonly weights: WeightType;
  readonly chunk: number;
  readonly batch: number;
  readonly device: string | Device;
}

/** Checks options, and adds defaults. */
export function readLoadOptions(
  options: Readonly<LanguageModelOptions>,
): CheckedLoadOptions {
  const { weights = "f32", chunk = 64, batch = 1, device = "local-task" } =
    options;
  const { onProgress, compile } = options;
  checkTarget(toName("weights", weights, WEIGHT_TYPES), compile);
  if (toSize("chunk", chunk) === 0 || chunk > 4096) {
    throw mustBe("chunk", "1 to 4096", chunk);
  }
  if (toSize("batch", batch) === 0 || batch > 64) {
    throw mustBe("batch", "1 to 64", batch);
  }
  if (typeof device !== "string" && !isInstance(device, Device)) {
    throw mustBe("device", "a URI or a Device", device);
  }
  if (onProgress !== undefined && !isFunction(onProgress)) {
    throw mustBe("onProgress", "a function", onProgress);
  }
  const tune = readTuning(options.tune);
  return { ...options, weights, chunk, batch, device, tune };
}

function readTuning(
  tune: LanguageModelOptions["tune"],
): LanguageTuning | undefined {
  if (typeof tune === "boolean" || tune === undefined) {
    return tune === true ? {} : undefined;
  }
  if (typeof tune !== "object") {
    throw mustBe("tune", "a boolean or an object", tune);
  }
  const read = readOptions(tune, TUNING_OPTIONS, "tune");
  readTuneOptions(read); // rejects wrong values before anything is done
  return read;
}
