import { IreeError, reword } from "../base/error.ts";
import { type ByteSource, withFile } from "../files/byte_source.ts";
import { KIND_HEAD_LENGTH, recognizeFile } from "../files/file_kind.ts";
import { looksLikeProgram } from "../files/program_archive.ts";
import { bytecodeOrigin, COMPILE_AGAIN } from "./program_version.ts";

/**
 * Explains why a program's file could not be loaded, and how to fix it.
 *
 * @param error IREE's failure.
 * @param path The file, which is read again.
 * @returns The same failure with another description.
 */
export function explainFile(error: unknown, path: string): unknown {
  if (!(error instanceof IreeError) || error.detail.includes(`'${path}'`)) {
    return error;
  }
  try {
    return withFile(path, (source) => explain(error, source, path));
  } catch (cause) {
    if (!(cause instanceof IreeError)) throw cause;
    // A file that cannot be read now could be read before.
    return error;
  }
}

/**
 * Explains why bytes could not be loaded.
 *
 * @param error IREE's failure.
 * @param source The bytes.
 */
export function explainBytes(error: unknown, source: ByteSource): unknown {
  return error instanceof IreeError ? explain(error, source) : error;
}

/** Identifies bytes that IREE only reports as invalid. */
function explain(
  error: IreeError,
  source: ByteSource,
  path?: string,
): IreeError {
  const { code, detail } = error;
  const name = path === undefined ? "the program" : `'${path}'`;
  const missing = /^no type registered with name '!?(.*)'$/.exec(detail)?.[1];
  if (missing !== undefined) return explainType(error, missing, name);
  if (code === "UNKNOWN" && source.byteLength === 0) {
    // Windows cannot map an empty file.
    const invalid = new IreeError("INVALID_ARGUMENT", detail);
    return notAProgram(invalid, readHead(source), name, path);
  }
  if (code !== "INVALID_ARGUMENT") return error;
  if (!looksLikeProgram(source)) {
    return notAProgram(error, readHead(source), name, path);
  }
  const compiler = bytecodeOrigin(source);
  if (compiler !== undefined) {
    const text = `${name} was compiled by ${compiler}: ${detail}`;
    return reword(error, text, COMPILE_AGAIN);
  }
  return /out of (?:bounds \(prefix|range$)|less than 16 bytes/.test(detail)
    ? reword(
      error,
      `${name} is cut short: ${detail}`,
      "copy or compile it again",
    )
    : reword(error, `${name}: ${detail}`);
}

function readHead(source: ByteSource): Uint8Array<ArrayBuffer> {
  return source.read(0, Math.min(source.byteLength, KIND_HEAD_LENGTH));
}

function notAProgram(
  error: IreeError,
  head: Uint8Array<ArrayBuffer>,
  name: string,
  path?: string,
): IreeError {
  const kind = recognizeFile(head);
  if (kind === undefined) {
    const text = `${name} is not a compiled program (.vmfb): ${error.detail}`;
    return reword(error, text);
  }
  const text = `${name} is ${kind.what}, not a compiled program (.vmfb)`;
  return reword(error, text, kind.advice?.(path ?? "FILE"));
}

function explainType(error: IreeError, type: string, name: string): IreeError {
  return error.withHint(
    `load the module that defines '!${type}' before ${name}`,
  );
}
