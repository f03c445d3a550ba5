import type { StatusCode } from "../base/error.ts";
import { CompileError } from "./compile_error.ts";
import type { Diagnostic } from "./diagnostics.ts";
import {
  type ImportedModel,
  importOnnx,
  laterOpset,
  MODEL_HINT,
} from "./onnx_import.ts";

/** Options for importing a model to compile. */
export interface OnnxCompileOptions {
  /** Path of the compiler's library. */
  readonly library: string;
  /** Ends the import. */
  readonly signal: AbortSignal | undefined;
  /** Receives a warning if a model is not imported as written. */
  readonly onDiagnostic: ((diagnostic: Diagnostic) => void) | undefined;
}

/** The bytes that occur in every model with weights in other files. */
const EXTERNAL_DATA = new TextEncoder().encode("location");

/**
 * Whether a model may have weights in other files.
 *
 * @param model The model's bytes.
 */
export function mayHaveExternalData(model: Uint8Array<ArrayBuffer>): boolean {
  const [first = 0] = EXTERNAL_DATA;
  for (
    let at = model.indexOf(first);
    at >= 0;
    at = model.indexOf(first, at + 1)
  ) {
    if (EXTERNAL_DATA.every((byte, index) => model[at + index] === byte)) {
      return true;
    }
  }
  return false;
}

/**
 * Imports a model as written and compiles it; if either fails, tries once more
 * with a later version of ONNX's operators, and warns.
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
  const { library, signal, onDiagnostic } = options;
  const report = (diagnostic: Diagnostic) => onDiagnostic?.(diagnostic);
  const warn = (failure: string, { opset }: ImportedModel) =>
    report({
      ...{ file: path, line: undefined, column: undefined, notes: [] },
      severity: "warning",
      message: `updated to opset ${opset}, since as written: ${failure}`,
    });
  const model = await importOnnx(path, { library, signal });
  const { firstFailure } = model;
  if (firstFailure !== undefined) warn(firstFailure, model);
  try {
    return await compile(model.mlir);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const explained = explainModel(path, model, error);
    const opset = laterOpset(model.opset);
    try {
      if (firstFailure !== undefined || opset === undefined) throw explained;
      return await compileLater(opset, explained);
    } catch (failure) {
      if (failure === explained) explained.diagnostics.forEach(report);
      throw failure;
    }
  }

  async function compileLater(
    opset: number,
    failure: CompileError,
  ): Promise<Program> {
    try {
      const later = await importOnnx(path, { library, signal, opset });
      const program = await compile(later.mlir);
      warn(failure.detail.split("\n")[0]!, later);
      return program;
    } catch (error) {
      signal?.throwIfAborted();
      if (isOfModel(error)) throw failure;
      throw error;
    }
  }
}

function isOfModel(error: unknown): boolean {
  const codes: readonly StatusCode[] = ["INVALID_ARGUMENT", "UNIMPLEMENTED"];
  return codes.some((code) => (error as { code?: unknown }).code === code);
}

/** Names the operator and the node that the compiler does not support. */
function explainModel(
  path: string,
  model: ImportedModel,
  error: CompileError,
): CompileError {
  const { detail, diagnostics } = error;
  const problem = diagnostics.find(({ severity }) => severity === "error");
  const node = problem && findNode(model, problem);
  if (node === undefined) {
    return new CompileError("UNIMPLEMENTED", detail, diagnostics, {
      hint: MODEL_HINT,
      cause: error,
    });
  }
  const name = node.name === undefined ? "" : `, node '${node.name}'`;
  return new CompileError(
    "UNIMPLEMENTED",
    `'${path}' does not compile: operator ${node.operator}${name}, opset ` +
      `${model.opset}: ${summarize(problem?.message ?? "")}`,
    diagnostics,
    { hint: MODEL_HINT, cause: error },
  );
}

/** The problem without the operation. */
function summarize(message: string): string {
  return message.split("\n")[0]!.split(/: (?=%|")/)[0]!;
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

const OPERATOR = /torch\.operator "onnx\.([\w.]+)"/;

// MLIR has the nodes of the model in order, and constants before them.
function findNode(
  { mlir, nodes }: ImportedModel,
  { line, message }: Diagnostic,
): { operator: string; name: string | undefined } | undefined {
  const lines = new TextDecoder().decode(mlir).split("\n").slice(0, line);
  const operators = lines.map((it) => OPERATOR.exec(it)?.[1]);
  const operator = (line === undefined ? undefined : operators.at(-1)) ??
    /onnx\.([A-Z]\w+)/.exec(message)?.[1];
  if (operator === undefined) return undefined;
  const ordinal = operators.filter((it) => it === operator).length - 1;
  const name = nodes.filter(([it]) => it === operator)[ordinal]?.[1];
  return { operator, name };
}
