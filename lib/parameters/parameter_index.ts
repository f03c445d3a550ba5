import { bytesOfAny, lengthOf } from "../../ffi/base/typed_array.ts";
import { loadParameterFile } from "../../ffi/load_async.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import {
  addFileParameter,
  addParameterFrom,
  addSplatParameter,
  createParameterFile,
  createParameterIndex,
  openParameterFile,
  readParameter,
} from "../../ffi/parameter.ts";
import { allocateArray } from "../base/allocate.ts";
import { mustBe, toBoolean, toByteCount, toText } from "../base/checks.ts";
import { type Facts, preview, PREVIEW_LENGTH } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { readablePath, toPath, writablePath } from "../base/permissions.ts";
import { runLater, runNow, step, type Steps } from "../base/steps.ts";
import {
  type ArchiveOptions,
  archiveSteps,
  type AsyncArchiveOptions,
  readAsyncArchiveOptions,
} from "./write_archive.ts";
import { isSplat, type ParameterEntry } from "./entry.ts";
import { EntryTable } from "./entry_table.ts";
import { readParameterFile } from "./read_parameter_file.ts";
import {
  checkFileOptions,
  checkRange,
  copyMetadata,
  type ParameterDataOptions,
  type ParameterFileOptions,
  type ParameterOptions,
  type ParameterRange,
} from "./options.ts";

const OPTIONS: OptionNames<ParameterOptions> = { metadata: true };

const DATA_OPTIONS: OptionNames<ParameterDataOptions> = {
  metadata: true,
  writable: true,
};

let isMade: (value: unknown) => value is ParameterIndex;

/**
 * Adds all parameters of a file; see {@linkcode ParameterIndex.addFile}. Add
 * nothing else meanwhile.
 */
export let addFileSteps: (
  index: ParameterIndex,
  path: string | URL,
  options: ParameterFileOptions | undefined,
) => Steps<readonly ParameterEntry[]>;

/**
 * Parameters by key: locates a program's weights in `.irpa`, `.gguf` or
 * `.safetensors` files, in memory, or as patterns.
 *
 * Contents are not copied: an index of many gigabytes of files is small.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, ParameterIndex } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using index = ParameterIndex.create(instance);
 * index.addData("bias", new Float32Array([1, 2, 3, 4]));
 * index.addSplat("weight", 4096, new Uint8Array(new Float32Array([0.5]).buffer));
 * assertEquals(index.entries.map(({ key }) => key), ["bias", "weight"]);
 * assertEquals(index.lookup("weight").byteLength, 4096);
 * ```
 */
export class ParameterIndex extends NativeObject {
  readonly #entries = new EntryTable();

  static {
    isMade = (value): value is ParameterIndex =>
      typeof value === "object" && value !== null && #entries in value;
  }

  /**
   * Creates an empty index.
   *
   * @param instance The instance.
   */
  static create(instance: Instance): ParameterIndex {
    return new ParameterIndex(createParameterIndex(handleOf(instance)));
  }

  /**
   * Creates an index of a file; see {@linkcode ParameterIndex.addFile}.
   *
   * @param instance The instance.
   * @param path Path or `file:` URL.
   * @param options How programs access the contents.
   */
  static fromFile(
    instance: Instance,
    path: string | URL,
    options?: ParameterFileOptions,
  ): ParameterIndex {
    const index = ParameterIndex.create(instance);
    try {
      index.addFile(path, options);
      return index;
    } catch (error) {
      index.dispose();
      throw error;
    }
  }

  /** All entries, in the order in which they were added. */
  get entries(): readonly ParameterEntry[] {
    handleOf(this);
    return this.#entries.all;
  }

  /**
   * Whether the index has a parameter.
   *
   * @param key Its key.
   */
  has(key: string): boolean {
    handleOf(this);
    return this.#entries.has(key);
  }

  /**
   * Looks up a parameter.
   *
   * @param key Its key.
   * @returns Its description; throws NOT_FOUND with a list of existing keys.
   */
  lookup(key: string): ParameterEntry {
    handleOf(this);
    return this.#entries.lookup(key);
  }

  /**
   * Adds all parameters of a file; its extension determines the format. Needs
   * `--allow-read` for it, and `--allow-write` if programs write to it. Does
   * not read contents, unless they are preloaded.
   *
   * @param path Path or `file:` URL.
   * @param options How programs access the contents.
   * @returns The added entries. Throws NOT_FOUND if the file cannot be opened,
   * INVALID_ARGUMENT or OUT_OF_RANGE if it is corrupt or truncated, and
   * ALREADY_EXISTS if a key already exists.
   */
  addFile(
    path: string | URL,
    options?: ParameterFileOptions,
  ): readonly ParameterEntry[] {
    return runNow(addFileSteps(this, path, options));
  }

  static {
    addFileSteps = function* (index, path, options) {
      const { instance } = handleOf(index);
      const { mode, writable } = checkFileOptions(options);
      const name = toPath(path);
      const file = readablePath(name);
      if (writable && mode === "file") writablePath(file);
      const entries = readParameterFile(file, name);
      index.#entries.checkNew(entries, name);
      if (entries.length === 0) return [];
      const opened = yield* step({
        now: () => openParameterFile(instance, file, mode, writable),
        later: () => loadParameterFile(instance, file, mode, writable),
      });
      try {
        for (const entry of entries) index.#add(entry, opened);
      } finally {
        opened.release();
      }
      return entries;
    };
  }

  /**
   * Adds a parameter with contents from JavaScript.
   *
   * @param key Its key.
   * @param data The contents, of any element type; copied once into native
   * memory.
   * @param options Additional properties.
   */
  addData(
    key: string,
    data: ArrayBufferView<ArrayBufferLike> | ArrayBufferLike,
    options?: ParameterDataOptions,
  ): void {
    const index = handleOf(this);
    toText("key", key);
    const bytes = bytesOfAny(data, "data");
    const read = readOptions(options, DATA_OPTIONS);
    const metadata = copyMetadata(read.metadata);
    const byteLength = lengthOf(bytes);
    const entry = { key, byteLength, metadata, storage: "file", offset: 0 };
    const { writable = false } = read;
    toBoolean("writable", writable);
    this.#entries.checkNew([{ key }]);
    const file = createParameterFile(index.instance, bytes, writable);
    try {
      this.#add(entry as ParameterEntry, file);
    } finally {
      file.release();
    }
  }

  /**
   * Adds a parameter that repeats a pattern, without using memory. A pattern of
   * 8 or 16 bytes is expanded in memory once a module provides it, since
   * devices do not support such long ones.
   *
   * @param key Its key.
   * @param byteLength Length of the contents in bytes, a multiple of the
   * pattern's.
   * @param pattern 1, 2, 4, 8 or 16 bytes, in memory order.
   * @param options Additional properties.
   */
  addSplat(
    key: string,
    byteLength: number,
    pattern: ArrayBufferView<ArrayBufferLike> | ArrayBufferLike,
    options?: ParameterOptions,
  ): void {
    handleOf(this);
    toText("key", key);
    const total = toByteCount("byteLength", byteLength);
    const bytes = bytesOfAny(pattern, "pattern").slice();
    if (!isSplat(bytes.length, total)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `the pattern of '${key}' must have 1, 2, 4, 8 or 16 bytes and divide ` +
          `its ${total} bytes, got ${bytes.length} bytes`,
      );
    }
    const metadata = copyMetadata(readOptions(options, OPTIONS).metadata);
    this.#entries.checkNew([{ key }]);
    this.#add({
      key,
      byteLength: total,
      metadata,
      storage: "splat",
      pattern: bytes,
    });
  }

  /**
   * Adds a parameter of another index. Contents are shared, not copied.
   *
   * @param source The other index.
   * @param key Its key there.
   * @param newKey Its key here; the same if omitted.
   */
  addFrom(source: ParameterIndex, key: string, newKey: string = key): void {
    const index = handleOf(this);
    if (!isParameterIndex(source)) {
      throw mustBe("source", "a ParameterIndex", source);
    }
    const from = handleOf(source);
    toText("key", newKey);
    const entry = source.lookup(key);
    this.#entries.checkNew([{ key: newKey }]);
    addParameterFrom(index, newKey, from, source.#entries.placeOf(key));
    this.#entries.add({ ...entry, key: newKey });
  }

  /**
   * Reads contents of a parameter from any storage.
   *
   * @param key Its key.
   * @param range Range of the contents; all if omitted.
   * @returns A copy, including writes of programs whose calls have ended.
   */
  read(key: string, range?: ParameterRange): Uint8Array<ArrayBuffer> {
    const index = handleOf(this);
    const { byteLength } = this.lookup(key);
    const { offset, length } = checkRange(key, byteLength, range);
    const place = this.#entries.placeOf(key);
    const bytes = allocateArray(Uint8Array, length);
    readParameter(index, place, offset, bytes);
    return bytes;
  }

  /**
   * Writes all parameters to an archive, which is created completely or not at
   * all. Contents go from their files to the archive without passing through
   * JavaScript. Needs `--allow-read` and `--allow-write` for the folder, in
   * which it is first written under another name.
   *
   * @param path Path or `file:` URL; replaces an existing `.irpa`.
   * @param options Alignment, splats, progress.
   */
  writeArchive(path: string | URL, options?: ArchiveOptions): void {
    runNow(this.#archiveSteps(path, options));
  }

  /**
   * Writes an archive as {@linkcode writeArchive} does. The event loop runs
   * between pieces of 64 MiB, and `signal` can stop the writing.
   *
   * @param path Path or `file:` URL; replaces an existing `.irpa`.
   * @param options Alignment, splats, progress, signal.
   * @returns Resolves when the archive is complete. Rejects with the signal's
   * reason if it is aborted before; nothing is left behind then.
   */
  async writeArchiveAsync(
    path: string | URL,
    options?: AsyncArchiveOptions,
  ): Promise<void> {
    const { signal, ...rest } = readAsyncArchiveOptions(options);
    await runLater(this.#archiveSteps(path, rest, signal), signal);
  }

  #archiveSteps(
    path: string | URL,
    options: ArchiveOptions | undefined,
    signal?: AbortSignal,
  ): Steps<void> {
    this.#entries.demandReadable();
    const { all } = this.#entries;
    return archiveSteps(handleOf(this), all, toPath(path), options, signal);
  }

  #add(entry: ParameterEntry, file?: Handle): void {
    const { key, metadata, byteLength } = entry;
    const index = handleOf(this);
    if (entry.storage === "splat") {
      addSplatParameter(index, key, metadata, entry.pattern, byteLength);
    } else if (entry.storage === "file" && file !== undefined) {
      addFileParameter(index, key, metadata, file, entry.offset, byteLength);
    }
    this.#entries.add(entry);
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      size: () => this.entries.length,
      keys: () =>
        preview(
          this.entries.slice(0, PREVIEW_LENGTH).map(({ key }) => key),
          this.entries.length,
        ),
    };
  }
}

/** Whether a value is an index, regardless of its prototype. */
export function isParameterIndex(value: unknown): value is ParameterIndex {
  return isMade(value);
}
