/**
 * Opens IREE's compiler library.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { arrayOf, toBigint } from "../base/intrinsics.ts";
import { setBytes } from "../base/record.ts";
import { decode, encodeName } from "../base/text.ts";
import { lengthOf } from "../base/typed_array.ts";
import { memorySymbols, symbols } from "./symbols.ts";

/** Major version of the library's API that `symbols.ts` matches. */
const API_MAJOR = 1;

/** Minor version of the API that has all of the functions in use. */
const API_MINOR = 3;

type Native = Deno.DynamicLibrary<typeof symbols>["symbols"];
type Memory = Deno.DynamicLibrary<typeof memorySymbols>["symbols"];

/** The address of a native object; 0 for none. */
export type Address = bigint;

/** An open library of the compiler, which stays open. */
export class CompilerLibrary {
  /** Path of the library. */
  readonly path: string;
  /** The compiler's build, such as `3.13.0`; empty for development builds. */
  readonly revision: string;
  /** The functions of the library. */
  readonly native: Native;
  readonly #memory: Memory;
  #isConfigured = false;

  private constructor(path: string, native: Native, memory: Memory) {
    this.path = path;
    this.native = native;
    this.#memory = memory;
    checkVersion(path, native.ireeCompilerGetAPIVersion());
    // The compiler is never shut down: it cannot be initialized again.
    native.ireeCompilerGlobalInitialize();
    this.revision = this.readText(native.ireeCompilerGetRevision());
  }

  static readonly #opened = new Map<string, CompilerLibrary>();

  /**
   * Opens the library once per isolate.
   *
   * @param path Absolute path of the library.
   * @returns The library; throws NOT_FOUND if it cannot be opened.
   */
  static open(path: string): CompilerLibrary {
    const opened = CompilerLibrary.#opened.get(path);
    if (opened !== undefined) return opened;
    const library = new CompilerLibrary(
      path,
      openSymbols(path, symbols),
      openSymbols(
        Deno.build.os === "windows" ? "ucrtbase.dll" : path,
        memorySymbols,
      ),
    );
    CompilerLibrary.#opened.set(path, library);
    return library;
  }

  /**
   * Sets flags of the whole process, including those that no session accepts.
   * Ends the process if a flag is wrong.
   *
   * @param flags The flags.
   */
  configureProcess(flags: readonly string[]): void {
    if (this.#isConfigured) throw new Error("flags can be set only once");
    this.#isConfigured = true;
    const { array, count } = this.argv(["iree-compile", ...flags]);
    this.native.ireeCompilerSetupGlobalCL(
      count,
      this.addressOf(array),
      toCString("IREE's compiler", "banner"),
      false,
    );
    // The library refers to the texts as long as it is open.
    kept.push(array);
  }

  /**
   * Makes a C array of texts.
   *
   * @param texts The texts.
   * @returns The array, which keeps the texts in memory, and their number.
   */
  argv(texts: readonly string[]): { array: TextArray; count: number } {
    const strings = arrayOf(
      texts.length,
      (index) => toCString(texts[index]!, `flag ${index}`),
    );
    const array = new TextArray(strings);
    for (let i = 0; i < strings.length; i++) {
      array[i] = this.addressOf(strings[i]!);
    }
    return { array, count: texts.length };
  }

  /** Returns the address of memory, which must be kept while it is in use. */
  addressOf(memory: ArrayBufferView<ArrayBuffer>): Address {
    return this.#memory.memcpy(memory, 0n, 0n);
  }

  /** Copies native memory. */
  readBytes(address: Address, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    if (length > 0) this.#memory.memcpy(bytes, address, toBigint(length));
    return bytes;
  }

  /** Copies native memory on another thread. */
  async readBytesLater(
    address: Address,
    length: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    if (length > 0) {
      await this.#memory.copyLater(bytes, address, toBigint(length));
    }
    return bytes;
  }

  /** Copies NUL-terminated native text; empty if there is none. */
  readText(address: Address): string {
    if (address === 0n) return "";
    const length = Number(this.#memory.strlen(address));
    return decode(this.readBytes(address, length));
  }

  /** Throws the failure if a function returned one. */
  check(error: Address): void {
    if (error === 0n) return;
    const message = this.readText(
      this.native.ireeCompilerErrorGetMessage(error),
    );
    this.native.ireeCompilerErrorDestroy(error);
    throw new IreeError("INVALID_ARGUMENT", message.trim());
  }
}

const kept: unknown[] = [];

/** Addresses of texts, and the texts. */
class TextArray extends BigUint64Array<ArrayBuffer> {
  /** Keeps the texts in memory. */
  readonly texts: readonly Uint8Array[];

  constructor(texts: readonly Uint8Array[]) {
    // C expects a NULL after the last one.
    super(new ArrayBuffer(8 * (texts.length + 1)));
    this.texts = texts;
  }
}

/**
 * Makes a C string in memory that does not move.
 *
 * @param text The text.
 * @param what Its name in error messages.
 */
export function toCString(text: string, what: string): Uint8Array<ArrayBuffer> {
  return terminated(encodeName(text, what));
}

/** Copies bytes and adds the NUL that the parser of MLIR text needs. */
export function terminated(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(new ArrayBuffer(lengthOf(bytes) + 1));
  setBytes(memory, bytes, 0);
  return memory;
}

function openSymbols<Symbols extends Deno.ForeignLibraryInterface>(
  path: string,
  wanted: Symbols,
): Deno.DynamicLibrary<Symbols>["symbols"] {
  try {
    return Deno.dlopen(path, wanted).symbols;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new IreeError(
      "NOT_FOUND",
      `cannot open the IREE compiler library '${path}': ${reason}`,
      { cause: error },
    );
  }
}

function checkVersion(path: string, version: number): void {
  const major = version >>> 16;
  const minor = version & 0xffff;
  if (major === API_MAJOR && minor >= API_MINOR) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `the IREE compiler library '${path}' has the API version ${major}.${minor}; ` +
      `this package needs ${API_MAJOR}.${API_MINOR} or a later ${API_MAJOR}.x`,
  );
}
