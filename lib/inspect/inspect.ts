import { type Bytes, bytesOf, isBytes } from "../../ffi/base/typed_array.ts";
import { describeValue } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { toPath } from "../base/permissions.ts";
import {
  type ByteSource,
  memorySource,
  withFile,
} from "../files/byte_source.ts";
import { KIND_HEAD_LENGTH, recognizeFile } from "../files/file_kind.ts";
import {
  likelyCreationFunctions,
  readLibraryFile,
} from "../files/library_file.ts";
import { looksLikeProgram } from "../files/program_archive.ts";
import { readStdin } from "../files/stdin.ts";
import {
  describeProgram,
  type ProgramDescription,
} from "./program_description.ts";

/** What a native library tells of itself without being loaded. */
export interface LibraryDescription {
  /** Tells it from a program. */
  readonly kind: "library";
  /** Format of the file. */
  readonly format: "elf" | "mach-o" | "pe";
  /** Processor that its code is for, as `Deno.build.arch` calls it. */
  readonly arch: string | undefined;
  /** Names of the functions that it exports, where they can be read. */
  readonly exports: readonly string[] | undefined;
  /**
   * Those of the exports that create modules, as far as names tell: which ones
   * do is known only when they are called. At most ten.
   */
  readonly creationFunctions: readonly string[] | undefined;
}

/** What a file tells of itself without being loaded. */
export type FileDescription = ProgramDescription | LibraryDescription;

/**
 * Reads what a compiled program or a native library tells of itself. Nothing is
 * loaded and no native code is used, so `--allow-read` is all it needs; what the
 * program needs to be loaded need not be there. Of a program only the parts are
 * read that tell something, however large its weights are.
 *
 * What can be described need not be a program that can be loaded: the runtime
 * verifies more.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { IreeError } from "@iree/runtime";
 * import { inspect } from "@iree/runtime/inspect";
 *
 * const elf = new Uint8Array(64);
 * elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
 * elf[18] = 62;
 * const description = inspect(elf);
 * assertEquals(description.kind, "library");
 * assertThrows(() => inspect(new Uint8Array(64)), IreeError, "neither");
 * ```
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @returns What it tells; throws NOT_FOUND when the file cannot be opened, and
 * INVALID_ARGUMENT when it is damaged or of no such kind.
 */
export function inspect(
  source: string | URL | Bytes,
): FileDescription {
  return withSource(source, describeFile);
}

/**
 * Reads what a compiled program (`.vmfb`) tells of itself: functions and their
 * signatures, what it needs, what it was compiled for, sizes. As with
 * {@linkcode inspect}, nothing is loaded.
 *
 * @example
 * ```ts ignore
 * import { inspectProgram } from "@iree/runtime/inspect";
 *
 * for (const { name, signature } of inspectProgram("model.vmfb").exports) {
 *   for (const input of signature?.inputs ?? []) {
 *     if (input.kind !== "tensor") continue;
 *     console.log(name, input.name, input.elementType, input.shape);
 *   }
 * }
 * ```
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @returns What it tells; throws NOT_FOUND when the file cannot be opened, and
 * INVALID_ARGUMENT when it is damaged or no program.
 */
export function inspectProgram(
  source: string | URL | Bytes,
): ProgramDescription {
  return withSource(source, describeOnlyProgram);
}

function withSource<T>(
  source: string | URL | Bytes,
  use: (source: ByteSource, path?: string) => T,
): T {
  if (isBytes(source)) {
    return use(memorySource(bytesOf(source, "the file")));
  }
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `a file is a path, a URL or bytes, not ${describeValue(source)}`,
    );
  }
  if (source === "-") {
    return named("standard input", () => use(memorySource(readStdin())));
  }
  const path = toPath(source);
  return named(`'${path}'`, () => withFile(path, (bytes) => use(bytes, path)));
}

/** Names the file in errors about what is in it. */
function named<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof IreeError) || error.detail.includes(name)) {
      throw error;
    }
    const { code, detail, hint } = error;
    throw new IreeError(code, `${name}: ${detail}`, { hint, cause: error });
  }
}

function describeOnlyProgram(
  source: ByteSource,
  path?: string,
): ProgramDescription {
  if (looksLikeProgram(source)) return describeProgram(source);
  throw otherKind(readHead(source), "not a compiled program (.vmfb)", path);
}

function describeFile(source: ByteSource, path?: string): FileDescription {
  if (looksLikeProgram(source)) return describeProgram(source);
  // What is no library is not read to its end.
  const head = readHead(source);
  const { format } = readLibraryFile(head);
  if (format === "unknown") {
    const nor = "neither a compiled program (.vmfb) nor a native library";
    throw otherKind(head, nor, path);
  }
  const bytes = source.read(0, source.byteLength);
  const { arch, exports } = readLibraryFile(bytes);
  const creationFunctions = exports && likelyCreationFunctions(exports);
  return { kind: "library", format, arch, exports, creationFunctions };
}

function readHead(source: ByteSource): Uint8Array<ArrayBuffer> {
  return source.read(0, Math.min(source.byteLength, KIND_HEAD_LENGTH));
}

/** Says what a file is that cannot be inspected. */
function otherKind(
  head: Uint8Array<ArrayBuffer>,
  wanted: string,
  path = "FILE",
): IreeError {
  const kind = recognizeFile(head);
  const what = kind === undefined ? wanted : `${kind.what}, ${wanted}`;
  const hint = kind?.advice?.(path);
  return new IreeError("INVALID_ARGUMENT", `this is ${what}`, { hint });
}
