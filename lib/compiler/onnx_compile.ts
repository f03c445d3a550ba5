import type { StatusCode } from "../base/error.ts";
import { CompileError } from "./compile_error.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { importOnnx, laterOpset } from "./onnx_import.ts";
import {
  describeImport,
  explainModel,
  type ImportedForm,
} from "./onnx_description.ts";
import type { ModelShapes } from "./model_shapes.ts";

/** Options for importing a model to compile. */
export interface OnnxCompileOptions {
  /** Path of the compiler's library. */
  readonly library: string;
  /** Shapes of inputs. */
  readonly shapes: ModelShapes | undefined;
  /** Whether to clean the model first. */
  readonly clean: boolean | undefined;
  /** Ends the import. */
  readonly signal: AbortSignal | undefined;
  /** Receives what was done to the model, and what would make it faster. */
  readonly onDiagnostic: ((diagnostic: Diagnostic) => void) | undefined;
}

/**
 * Imports a model and compiles it. If that fails, tries a later version of ONNX's
 * operators, and then both for the model as written, without cleaning it.
 *
 * @param path The model.
 * @param options The importer.
 * @param compile Compiles MLIR, and does not report errors.
 * @returns The result of `compile`; rejects with a `CompileError` that names the
 * operator and node, if the compiler does.
 */
export async function compileOnnx<Program>(
  path: string,
  options: OnnxCompileOptions,
  compile: (mlir: Uint8Array<ArrayBuffer>) => Promise<Program>,
): Promise<Program> {
  const { onDiagnostic, ...importing } = options;
  const report = (diagnostic: Diagnostic) => onDiagnostic?.(diagnostic);
  let failure: CompileError | undefined;
  for await (const model of importedForms(path, importing)) {
    try {
      const program = await compile(model.mlir);
      describeImport(path, model, failure).forEach(report);
      return program;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      // That of the model as written is the one to act on.
      if (failure === undefined || isAsWritten(model)) {
        failure = explainModel(path, model, error);
      }
    }
  }
  failure!.diagnostics.forEach(report);
  throw failure!;
}

type Form = Omit<OnnxCompileOptions, "onDiagnostic"> & {
  readonly opset: number | undefined;
};

function isAsWritten(model: ImportedForm): boolean {
  return model.isUncleaned === true && model.laterOpset === undefined;
}

/** Imports a model in the forms to try, the best one first. */
async function* importedForms(
  path: string,
  options: Omit<OnnxCompileOptions, "onDiagnostic">,
): AsyncGenerator<ImportedForm> {
  const first = await importOnnx(path, options);
  yield { ...first, laterOpset: undefined, isUncleaned: false };
  const later = first.firstFailure === undefined
    ? laterOpset(first.opset)
    : undefined;
  const opsets = later === undefined ? [] : [later];
  const forms: Form[] = opsets.map((opset) => ({ ...options, opset }));
  if (first.cleaned.length > 0) {
    forms.push(...[undefined, ...opsets].map((opset) => (
      { ...options, opset, clean: false }
    )));
  }
  for (const form of forms) {
    try {
      const model = await importOnnx(path, form);
      yield {
        ...model,
        laterOpset: form.opset,
        isUncleaned: first.cleaned.length > 0 && form.clean === false,
      };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isOfModel(error)) throw error;
    }
  }
}

function isOfModel(error: unknown): boolean {
  const codes: readonly StatusCode[] = ["INVALID_ARGUMENT", "UNIMPLEMENTED"];
  return codes.some((code) => (error as { code?: unknown }).code === code);
}

const DEMOTION = "--iree-input-demote-f64-to-f32";

/**
 * Adds the flag that keeps f64 for a model that declares it. By default the
 * compiler makes it f32, and the declared types would be wrong.
 *
 * @param mlir The imported model.
 * @param flags Flags of the compiler.
 */
export function withDoubles(
  mlir: Uint8Array<ArrayBuffer>,
  flags: readonly string[],
): readonly string[] {
  // The declaration is in the first lines, before the operators.
  const head = new TextDecoder().decode(mlir).split("torch.operator", 1)[0]!;
  return !head.includes("f64>") || flags.some((it) => it.startsWith(DEMOTION))
    ? flags
    : [...flags, `${DEMOTION}=false`];
}
