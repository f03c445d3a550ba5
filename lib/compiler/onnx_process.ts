import { IreeError } from "../base/error.ts";
import { writablePath } from "../base/permissions.ts";
import { COMPILER } from "../vm/program_version.ts";
import { ONNX_SCRIPT } from "./onnx_script.ts";
import type { ModelShapes } from "./model_shapes.ts";

/** What to import, as the script reads it. */
export interface ImportRequest extends WeightFiles {
  readonly path: string;
  readonly opset: number | null;
  readonly shapes: ModelShapes;
  readonly clean: boolean;
}

/** Files of weights, if they are not part of the MLIR. */
export interface WeightFiles {
  readonly parameters: string | null;
  /** Renamed to `parameters` once it is complete. */
  readonly part: string | null;
}

/**
 * The files for weights.
 *
 * @param path The file to write, if weights are written to one.
 */
export function weightFiles(path: string | undefined): WeightFiles {
  if (path === undefined) return { parameters: null, part: null };
  return {
    parameters: writablePath(path),
    part: writablePath(`${path}.${crypto.randomUUID()}.part`),
  };
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A model as MLIR. */
export interface ImportedModel {
  /** The MLIR, as text. */
  readonly mlir: Uint8Array<ArrayBuffer>;
  /** The version of ONNX's operators that it uses. */
  readonly opset: number | undefined;
  /** The failure of the model as written, if a later version was needed. */
  readonly firstFailure: string | undefined;
  /** How the model was cleaned. */
  readonly cleaned: readonly string[];
  /** Inputs whose shapes are dynamic, and their shapes, such as `?x3`. */
  readonly dynamic: Readonly<Record<string, string>>;
  /** Operator and name of the nodes in order. */
  readonly nodes: readonly (readonly [operator: string, name: string])[];
}

/** The result of the script. */
export type Imported = Omit<ImportedModel, "firstFailure">;

/** Why a model cannot be imported. */
export interface ImportFailure {
  readonly failure: "no onnx" | "no importer" | "shape" | "import" | "write";
  readonly reason: string;
  readonly opset?: number | null;
  readonly operator?: string | null;
  readonly node?: string | null;
  /** Whether the model was cleaned before. */
  readonly isCleaned?: boolean | undefined;
}

/**
 * Runs the importer in a child process.
 *
 * @param python The interpreter that has it.
 * @param given The model's path, for messages.
 * @param request What to import.
 * @param signal Ends the process.
 * @returns The model, or why it cannot be imported.
 */
export async function runImporter(
  python: string,
  given: string,
  request: ImportRequest,
  signal: AbortSignal | undefined,
): Promise<Imported | (ImportFailure & { opset: number | undefined })> {
  const { stdout, stderr } = await spawnImporter(python, request, signal)
    .finally(() => request.part === null || removeFile(request.part));
  signal?.throwIfAborted();
  const end = stdout.indexOf("\n".charCodeAt(0));
  const decoder = new TextDecoder();
  if (end < 0) {
    throw new IreeError(
      "UNAVAILABLE",
      `the importer of '${given}' ended without a result: ` +
        decoder.decode(stderr).trim().split("\n").at(-1),
    );
  }
  const header = JSON.parse(decoder.decode(stdout.subarray(0, end)));
  const opset: number | undefined = header.opset ?? undefined;
  return header.failure === undefined
    ? { ...header, mlir: stdout.slice(end + 1), opset }
    : { ...header, opset };
}

async function spawnImporter(
  python: string,
  request: ImportRequest,
  signal: AbortSignal | undefined,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(python, {
      args: ["-c", ONNX_SCRIPT, JSON.stringify(request)],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(signal && { signal }),
    }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw missingImporter("no python3 on PATH", cause);
  }
}

/**
 * The error of a Python without the importer.
 *
 * @param reason What is missing.
 * @param cause The error that showed it.
 */
export function missingImporter(reason: string, cause?: unknown): IreeError {
  return new IreeError("NOT_FOUND", `no ONNX importer: ${reason}`, {
    hint: `install it: pip install "${
      COMPILER.replace("==", "[onnx]==")
    }"; it is searched where the compiler is`,
    cause,
  });
}
