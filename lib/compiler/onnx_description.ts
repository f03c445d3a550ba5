import { CompileError } from "./compile_error.ts";
import type { Diagnostic, Severity } from "./diagnostics.ts";
import { MODEL_HINT } from "./onnx_import.ts";
import type { ImportedModel } from "./onnx_process.ts";

/** A model in a form to be compiled. */
export interface ImportedForm extends ImportedModel {
  /** The version of operators that the model was updated to, after a failure. */
  readonly laterOpset?: number | undefined;
  /** Whether cleaning was left out, after a failure. */
  readonly isUncleaned?: boolean | undefined;
}

/**
 * Describes what was done to a model, and what would make it faster.
 *
 * @param path The model.
 * @param model The model as it was imported.
 * @param failure Why its first form did not compile.
 */
export function describeImport(
  path: string,
  model: ImportedForm,
  failure?: CompileError,
): Diagnostic[] {
  const { firstFailure, opset, cleaned, dynamic } = model;
  const reason = firstFailure ?? failure?.detail.split("\n")[0];
  const isUpdated = firstFailure !== undefined ||
    model.laterOpset !== undefined;
  const shapes = Object.entries(dynamic).map((it) => it.join("="));
  const said: [isSaid: boolean, severity: Severity, message: string][] = [
    [
      isUpdated,
      "warning",
      `updated to opset ${opset}, since otherwise: ${reason}`,
    ],
    [
      model.isUncleaned === true,
      "warning",
      `not cleaned, since otherwise: ${reason}`,
    ],
    [cleaned.length > 0, "remark", `cleaned: ${cleaned.join(", ")}`],
    [
      shapes.length > 0,
      "remark",
      `dynamic inputs: ${shapes.join(", ")}; programs of fixed shapes are ` +
      "faster: pass --shape, or the option shapes",
    ],
  ];
  const nowhere = { line: undefined, column: undefined, notes: [] };
  return said.filter(([isSaid]) => isSaid).map(([, severity, message]) => (
    { file: path, ...nowhere, severity, message }
  ));
}

/**
 * Names the operator and the node that the compiler does not support.
 *
 * @param path The model.
 * @param model The model as it was imported.
 * @param error The compiler's error.
 */
export function explainModel(
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
