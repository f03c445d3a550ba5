import { copyArray, isFunction, toText } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { toPath } from "../base/permissions.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { CompilePhase } from "./phases.ts";
import { checkShapes, type ModelShapes } from "./model_shapes.ts";

/** Options for opening the compiler. */
export interface CompilerOptions {
  /**
   * Path of the compiler's library. By default it is searched for in
   * `IREE_COMPILER_LIBRARY`, the active virtual environment, the packages of
   * `python3`, and the cache.
   */
  library?: string | URL | undefined;
  /**
   * Whether to compile in a child process, which needs `--allow-run`. A crash of
   * the compiler ends only that process, an aborted compile stops at once, and
   * every flag of IREE is accepted. Otherwise the compiler runs on other threads
   * of this process, which needs `--allow-ffi` for its library.
   *
   * @default {true}
   */
  isolate?: boolean | undefined;
  /**
   * Whether to keep programs in the user's cache, by the content of the source,
   * the flags, the compiler and, for `host`, the CPU. Without permissions for
   * the cache's folder nothing is kept.
   *
   * @default {true}
   */
  cache?: boolean | undefined;
}

/** Options for compiling a source. */
export interface CompileTargetOptions {
  /**
   * The target: `host` is this machine's CPU, `generic` any CPU of its
   * architecture, others are the name of a CPU (`znver3`), a triple
   * (`aarch64-unknown-linux-gnu`), `vmvx`, `vulkan`, `cuda`, `rocm` or `metal`.
   * The default does not apply if `flags` select a target.
   *
   * @default {"host"}
   */
  target?: string | undefined;
  /** Flags of `iree-compile`. */
  flags?: readonly string[] | undefined;
  /**
   * Shapes of an ONNX model's inputs by name. They fix dimensions that are
   * dynamic, which makes most programs much faster.
   */
  shapes?: ModelShapes | undefined;
  /**
   * Whether to clean an ONNX model before it is compiled; see `importOnnx`. If
   * the cleaned model does not compile, the model as written is tried.
   *
   * @default {true}
   */
  clean?: boolean | undefined;
  /**
   * Name of the source in diagnostics.
   *
   * @default {"source.mlir", or the path of the file}
   */
  name?: string | undefined;
  /**
   * Aborts the compile. In this process the compiler cannot be stopped within a
   * phase: it continues in the background, and its result is discarded.
   */
  signal?: AbortSignal | undefined;
  /** Receives the compiler's phases as they start. */
  onPhase?: ((phase: CompilePhase) => void) | undefined;
  /** Receives diagnostics, such as warnings. */
  onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined;
}

/** Options for compiling a source, and for the compiler. */
export interface CompileOptions extends CompilerOptions, CompileTargetOptions {}

const COMPILER_OPTIONS: OptionNames<CompilerOptions> = {
  library: true,
  isolate: true,
  cache: true,
};

const TARGET_OPTIONS: OptionNames<CompileTargetOptions> = {
  target: true,
  flags: true,
  shapes: true,
  clean: true,
  name: true,
  signal: true,
  onPhase: true,
  onDiagnostic: true,
};

/** Reads and checks the options of a compiler. */
export function readCompilerOptions(
  options: CompilerOptions | undefined,
): Readonly<CompilerOptions> {
  const read = readOptions(options, COMPILER_OPTIONS);
  const { library } = read;
  if (library !== undefined) toPath(library);
  checkKind("isolate", read.isolate, "boolean");
  checkKind("cache", read.cache, "boolean");
  return read;
}

/** Reads and checks the options of a compile. */
export function readTargetOptions(
  options: CompileTargetOptions | undefined,
): Readonly<CompileTargetOptions> {
  const read = readOptions(options, TARGET_OPTIONS);
  checkSignal(read.signal);
  checkKind("name", read.name, "string");
  checkKind("clean", read.clean, "boolean");
  checkShapes(read.shapes);
  checkKind("onPhase", read.onPhase, "function");
  checkKind("onDiagnostic", read.onDiagnostic, "function");
  return { ...read, flags: readFlags(read.flags) };
}

/** Copies and checks flags of the compiler. */
export function readFlags(
  flags: readonly string[] | undefined,
): string[] | undefined {
  if (flags === undefined) return undefined;
  let index = 0;
  return copyArray(
    "flags",
    flags,
    (flag) => toText(`flags[${index++}]`, flag),
  );
}

/** Reads and checks the options of a compile with its compiler. */
export function readCompileOptions(
  options: CompileOptions | undefined,
): { compiler: CompilerOptions; target: CompileTargetOptions } {
  const read = readOptions(options, { ...COMPILER_OPTIONS, ...TARGET_OPTIONS });
  return {
    compiler: readCompilerOptions(pick(read, COMPILER_OPTIONS)),
    target: readTargetOptions(pick(read, TARGET_OPTIONS)),
  };
}

function pick<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
): Options {
  const picked: Partial<Options> = {};
  for (const name of Object.keys(names) as (keyof Options)[]) {
    picked[name] = options[name];
  }
  return picked as Options;
}

const ARTICLES = {
  boolean: "a boolean",
  function: "a function",
  string: "a string",
} as const;

function checkKind(
  name: string,
  value: unknown,
  kind: keyof typeof ARTICLES,
): void {
  const type: string = typeof value;
  const isRight = kind === "function" ? isFunction(value) : type === kind;
  if (value === undefined || isRight) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${name} must be ${ARTICLES[kind]}, got ${describeValue(value)}`,
  );
}
