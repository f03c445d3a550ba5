import { describeValue } from "../base/message_values.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { readablePath, toPath } from "../base/permissions.ts";
import { findCompiler } from "./find_compiler.ts";
import {
  type ImportedModel,
  type ImportFailure,
  type ImportRequest,
  missingImporter,
  runImporter,
  weightFiles,
} from "./onnx_process.ts";
import { pythonOf } from "./find_python.ts";
import { checkShapes, type ModelShapes } from "./model_shapes.ts";

/** Options for importing a model. */
export interface ImportOnnxOptions {
  /**
   * Path of the compiler's library, whose Python environment has the importer;
   * see `CompilerOptions.library`.
   */
  library?: string | URL | undefined;
  /**
   * The version of ONNX's operators to update the model to. By default the
   * model is imported as written; if that fails, with a later version.
   */
  opset?: number | undefined;
  /**
   * Shapes of inputs by name, which fix dimensions that are dynamic. Other
   * dimensions of the same name are fixed too.
   */
  shapes?: ModelShapes | undefined;
  /**
   * Whether to clean the model: fold constants, write a ConvTranspose whose kernel
   * equals its stride as a Conv, a reflecting Pad as a Gather, and a Conv of one
   * row and channel as a MatMul. An infinite or NaN input makes more results of
   * the last NaN.
   *
   * @default {true}
   */
  clean?: boolean | undefined;
  /**
   * Path of a parameter file (`.irpa`) to write large weights to, with the scope
   * `model`. `load` finds it next to the program, if both have the same name.
   */
  parameters?: string | URL | undefined;
  /** Ends the import. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: OptionNames<ImportOnnxOptions> = {
  clean: true,
  library: true,
  opset: true,
  parameters: true,
  shapes: true,
  signal: true,
};

/** Versions of operators that the importer supports well, in trial order. */
const LATER_OPSETS = [17, 21];

/**
 * Imports an ONNX model: runs the importer of pip's `iree-base-compiler[onnx]`
 * in a child process. The function declares the model's inputs and outputs: names,
 * types, and shapes with the names of dimensions.
 *
 * @example
 * ```ts ignore needs a model
 * import { compile, importOnnx } from "@iree/runtime/compiler";
 *
 * const { mlir } = await importOnnx("model.onnx");
 * await Deno.writeFile("model.vmfb", await compile(mlir));
 * ```
 *
 * @param path Path or `file:` URL of the model.
 * @param options Versions of operators, weights.
 * @returns The MLIR; rejects with NOT_FOUND if the model or the importer is
 * missing, INVALID_ARGUMENT if it is not a model, and UNIMPLEMENTED with the
 * operator, the node and the version for anything that the importer does not
 * support.
 */
export async function importOnnx(
  path: string | URL,
  options?: ImportOnnxOptions,
): Promise<ImportedModel> {
  const { library, opset, parameters, shapes, clean = true, signal } =
    readOptions(options, OPTIONS);
  checkSignal(signal);
  checkOpset(opset);
  checkShapes(shapes);
  checkClean(clean);
  signal?.throwIfAborted();
  const weights = parameters === undefined ? undefined : toPath(parameters);
  if (library !== undefined) toPath(library);
  const given = toPath(path);
  const model = readablePath(given);
  await checkFile(model, given);
  const python = pythonOf(await findCompiler(library));
  const request = {
    path: model,
    opset: opset ?? null,
    shapes: shapes ?? {},
    clean,
    ...weightFiles(weights),
  };
  const attempt = (other: Partial<ImportRequest>) =>
    runImporter(python, given, { ...request, ...other }, signal);
  const cleaned = await attempt({});
  if ("mlir" in cleaned) return { ...cleaned, firstFailure: undefined };
  const first = cleaned.isCleaned ? await attempt({ clean: false }) : cleaned;
  if ("mlir" in first) return { ...first, firstFailure: undefined };
  const later = opset === undefined ? laterOpset(first.opset) : undefined;
  if (first.failure === "write") {
    throw new IreeError(
      "UNAVAILABLE",
      `failed to write file '${weights}': ${first.reason}`,
    );
  }
  const failure = importFailure(given, first, later);
  if (later === undefined || first.failure !== "import") throw failure;
  const second = await attempt({ opset: later });
  if (!("mlir" in second)) throw failure;
  return { ...second, firstFailure: failure.detail };
}

/**
 * The version of ONNX's operators to try after a failure.
 *
 * @param opset The version of the model.
 */
export function laterOpset(opset: number | undefined): number | undefined {
  return opset === undefined
    ? undefined
    : LATER_OPSETS.find((later) => later > opset);
}

/** Advice for a model that cannot be imported or compiled. */
export const MODEL_HINT: string =
  "export the model with another opset or fixed " +
  "shapes, simplify it (onnxsim, or onnxruntime's optimized model), or " +
  "replace the operator";

function checkClean(clean: unknown): void {
  if (typeof clean === "boolean") return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `clean must be a boolean, got ${describeValue(clean)}`,
  );
}

function checkOpset(opset: unknown): void {
  if (opset === undefined || Number.isSafeInteger(opset) && Number(opset) > 0) {
    return;
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    `opset must be a positive integer, got ${describeValue(opset)}`,
  );
}

async function checkFile(path: string, given: string): Promise<void> {
  try {
    if ((await Deno.stat(path)).isFile) return;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const isMissing = cause instanceof Deno.errors.NotFound;
    throw new IreeError(
      isMissing ? "NOT_FOUND" : "UNAVAILABLE",
      `failed to open file '${given}'`,
      { cause },
    );
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a model must be a regular file, got '${given}'`,
  );
}

function importFailure(
  model: string,
  failure: ImportFailure,
  later: number | undefined,
): IreeError {
  const { reason, operator, node, opset } = failure;
  if (failure.failure === "shape") {
    return new IreeError("INVALID_ARGUMENT", `'${model}': ${reason}`);
  }
  if (failure.failure !== "import") return missingImporter(reason);
  if (opset === undefined || opset === null) {
    return new IreeError(
      "INVALID_ARGUMENT",
      `'${model}' is not an ONNX model: ${reason}`,
    );
  }
  const where = operator ? `operator ${operator}, node '${node}', ` : "";
  const again = later === undefined ? "" : `, and not with opset ${later}`;
  return new IreeError(
    "UNIMPLEMENTED",
    `'${model}' cannot be imported: ${where}opset ${opset}: ${reason}${again}`,
    { hint: MODEL_HINT },
  );
}
