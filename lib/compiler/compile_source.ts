import { basename } from "@std/path/basename";
import { bytesOf, isBytes } from "../../ffi/base/typed_array.ts";
import type { Bytes } from "../base/bytes.ts";
import { isUrl, toText } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { parseFileUrl, toPath } from "../base/permissions.ts";

/**
 * A program to compile: MLIR text, MLIR bytecode, the path of a file, or a URL.
 * A file with the extension `.onnx` is imported first; see `importOnnx`. A
 * string is a path if it is one line without `{`; MLIR text never is.
 */
export type CompileSource = string | URL | Bytes;

/** A source that was read. */
export interface ReadSource {
  /** Its name in diagnostics. */
  readonly name: string;
  /** MLIR text or bytecode. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The path of an ONNX model, which is imported before it is compiled. */
  readonly onnx?: string;
}

/** Extensions of files that are compiled. */
const EXTENSION = /\.(?:mlir|mlirbc|onnx)$/i;

/** Extension of models that are imported first. */
const ONNX = /\.onnx$/i;

/**
 * Whether a path or URL names a source by its extension.
 *
 * @param path The path or URL.
 */
export function isSourcePath(path: string | URL): boolean {
  return EXTENSION.test(isUrl(path) ? path.pathname : toText("path", path));
}

/** Name of sources that are not files. */
const UNNAMED = "source.mlir";

/**
 * Reads a source.
 *
 * @param source The source.
 * @param signal Stops reading when it is aborted.
 */
export async function readSource(
  source: CompileSource,
  signal?: AbortSignal,
): Promise<ReadSource> {
  if (typeof source === "string" && /[\n{]/.test(source)) {
    return { name: UNNAMED, bytes: new TextEncoder().encode(source) };
  }
  if (typeof source === "string" || isUrl(source)) {
    const url = isUrl(source) ? source : parseFileUrl(source);
    return url === undefined || url.protocol === "file:"
      ? await readFile(toPath(source), signal)
      : await download(url, signal);
  }
  if (isBytes(source)) {
    // The caller can change the bytes while the compiler starts.
    return { name: UNNAMED, bytes: bytesOf(source, "source").slice() };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "source must be MLIR text, MLIR bytecode, a path or a URL, got " +
      describeValue(source),
  );
}

async function readFile(
  path: string,
  signal?: AbortSignal,
): Promise<ReadSource> {
  try {
    const bytes = await Deno.readFile(path, signal && { signal });
    return { name: path, bytes, ...(ONNX.test(path) ? { onnx: path } : {}) };
  } catch (cause) {
    if (signal?.aborted || cause instanceof Deno.errors.NotCapable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError(
      cause instanceof Deno.errors.NotFound ? "NOT_FOUND" : "UNAVAILABLE",
      `failed to open file '${path}'`,
      { cause, hint: reason },
    );
  }
}

async function download(url: URL, signal?: AbortSignal): Promise<ReadSource> {
  if (ONNX.test(url.pathname)) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `an ONNX model must be a file, got '${url}'`,
      { hint: "download it, with its weights if they are in other files" },
    );
  }
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (response.ok) {
      const name = basename(url.pathname) || UNNAMED;
      return { name, bytes: await response.bytes() };
    }
    await response.body?.cancel();
    throw notDownloaded(url, `${response.status} ${response.statusText}`);
  } catch (cause) {
    // Connections that fail or break are a TypeError of `fetch`.
    if (!(cause instanceof TypeError) || signal?.aborted) throw cause;
    throw notDownloaded(url, cause.message, cause);
  }
}

function notDownloaded(url: URL, reason: string, cause?: unknown): IreeError {
  return new IreeError(
    "UNAVAILABLE",
    `cannot download '${url}': ${reason}`,
    { cause },
  );
}
