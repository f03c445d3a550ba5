import type { Bytes } from "../../ffi/base/typed_array.ts";
import { IreeError } from "../base/error.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { KIND_HEAD_LENGTH, recognizeFile } from "../files/file_kind.ts";
import {
  likelyCreationFunctions,
  readLibraryFile,
} from "../files/library_file.ts";
import { looksLikeProgram } from "../files/program_archive.ts";
import { withSource } from "../files/named_source.ts";
import { describeProgram } from "./describe_program.ts";
import type { ProgramDescription } from "./program_description.ts";

/** A description of a native library, made without loading it. */
export interface LibraryDescription {
  /** Distinguishes libraries from programs. */
  readonly kind: "library";
  /** The file's format. */
  readonly format: "elf" | "mach-o" | "pe";
  /** The CPU architecture of its code, named as in `Deno.build.arch`. */
  readonly arch: string | undefined;
  /** Names of the exported functions, if they can be read. */
  readonly exports: readonly string[] | undefined;
  /**
   * Exports that probably create modules, judging by their names; at most ten.
   * Only a call shows whether they do.
   */
  readonly creationFunctions: readonly string[] | undefined;
}

/** A description of a file, made without loading it. */
export type FileDescription = ProgramDescription | LibraryDescription;

/**
 * Describes a compiled program or native library without loading it or using
 * native code. Needs only `--allow-read`; what the program requires can be
 * missing. Reads only a program's metadata, however large its weights are.
 *
 * A file that can be described may still fail to load: the runtime verifies
 * more.
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
 * @returns The description; throws NOT_FOUND if the file cannot be opened, and
 * INVALID_ARGUMENT if it is damaged or of another kind.
 */
export function inspect(
  source: string | URL | Bytes,
): FileDescription {
  return withSource(source, describeFile);
}

/**
 * Describes a compiled program (`.vmfb`): its functions, their signatures, its
 * requirements, targets and sizes. Like {@linkcode inspect}, does not load
 * anything.
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
 * @returns The description; throws NOT_FOUND if the file cannot be opened, and
 * INVALID_ARGUMENT if it is damaged or not a program.
 */
export function inspectProgram(
  source: string | URL | Bytes,
): ProgramDescription {
  return withSource(source, describeOnlyProgram);
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
  // Reads only the head of files that are not libraries.
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

/** Creates the error for a file that cannot be inspected. */
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
