import { join } from "@std/path/join";
import { byteLengthOf, bytesOf } from "../../ffi/base/typed_array.ts";
import { findCacheFolder } from "../../ffi/library/cache_folder.ts";
import { copyArray, mustBe, toByteCount, toText } from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

/** Size limit in bytes; least recently used programs are removed first. */
const LIMIT = 2_000_000_000;

/** Age of an unfinished file whose process has surely ended. */
const STALE_MS = 60 * 60 * 1000;

/** How a program was made. */
export interface ProgramRecord {
  /** Name of the source. */
  readonly source: string;
  /** All flags of the compiler. */
  readonly flags: readonly string[];
  /** The compiler's build. */
  readonly compiler: string;
}

const RECORD: OptionNames<ProgramRecord> = {
  source: true,
  flags: true,
  compiler: true,
};

/** A program in the cache. */
export interface CachedProgram extends ProgramRecord {
  /** Its file. */
  readonly path: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** When it was used last. */
  readonly used: Date;
}

/**
 * Programs in a folder, by key.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ProgramCache } from "@iree/runtime/compiler";
 *
 * const cache = new ProgramCache(await Deno.makeTempDir());
 * assertEquals(await cache.list(), []);
 * ```
 */
export class ProgramCache {
  /** The folder. */
  readonly folder: string;
  /** The folder's size limit in bytes. */
  readonly limit: number;

  /**
   * Creates a cache object, without touching the folder.
   *
   * @param folder The folder; created for the first program.
   * @param limit The folder's size limit in bytes.
   */
  constructor(folder: string, limit: number = LIMIT) {
    this.folder = toText("folder", folder);
    this.limit = toByteCount("limit", limit);
  }

  /**
   * Finds the user's cache.
   *
   * @returns The cache, or the reason why it cannot be used.
   */
  static find(): ProgramCache | string {
    const { path, reason } = findCacheFolder();
    if (path === undefined) return reason;
    const folder = join(path, "programs");
    for (const name of ["read", "write"] as const) {
      const { state } = Deno.permissions.querySync({ name, path: folder });
      if (state !== "granted") {
        return `not used without --allow-${name}=${folder}`;
      }
    }
    return new ProgramCache(folder);
  }

  /**
   * Finds a program and marks it as used.
   *
   * @param key The program's key.
   */
  async get(key: string): Promise<CachedProgram | undefined> {
    const program = await this.#read(toKey(key));
    if (program === undefined) return undefined;
    const now = new Date();
    await quietly(Deno.utime(program.path, now, now));
    return program;
  }

  /**
   * Adds a program. Several processes can add the same one at the same time;
   * each file is complete or absent.
   *
   * @param key The program's key.
   * @param bytes The program.
   * @param record How it was made.
   * @returns The program's file; rejects if it cannot be written.
   */
  async put(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    record: ProgramRecord,
  ): Promise<string> {
    const contents = bytesOf(bytes, "bytes");
    const text = formatRecord(record, byteLengthOf(contents));
    toKey(key);
    await Deno.mkdir(this.folder, { recursive: true });
    await this.#write(this.#recordPath(key), new TextEncoder().encode(text));
    const path = this.#programPath(key);
    await this.#write(path, contents);
    await this.#trim(path);
    return path;
  }

  /** Lists the programs, most recently used first. */
  async list(): Promise<CachedProgram[]> {
    const programs: CachedProgram[] = [];
    for (const name of await this.#names()) {
      const key = /^(.*)\.vmfb$/.exec(name)?.[1];
      const program = key && await this.#read(key);
      if (program) programs.push(program);
    }
    return programs.toSorted((one, two) =>
      two.used.getTime() - one.used.getTime()
    );
  }

  /** Removes all programs, and leftovers of killed processes. */
  async clear(): Promise<void> {
    for (const name of await this.#names()) {
      await Deno.remove(join(this.folder, name));
    }
  }

  async #read(key: string): Promise<CachedProgram | undefined> {
    const path = this.#programPath(key);
    try {
      const record = JSON.parse(await Deno.readTextFile(this.#recordPath(key)));
      const { size, mtime } = await Deno.stat(path);
      // A file of another size is damaged.
      if (record.bytes !== size) return undefined;
      const { source, flags, compiler } = record as ProgramRecord;
      const used = mtime ?? new Date(0);
      return { path, bytes: size, used, source, flags, compiler };
    } catch {
      // Missing, truncated or unreadable programs are compiled again.
      return undefined;
    }
  }

  async #write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const part = `${path}.${crypto.randomUUID()}.part`;
    try {
      await Deno.writeFile(part, bytes, { createNew: true });
      await Deno.rename(part, path);
    } catch (error) {
      await quietly(Deno.remove(part));
      throw error;
    }
  }

  /**
   * Removes least recently used programs, and leftovers of killed processes.
   */
  async #trim(added: string): Promise<void> {
    await this.#removeStale();
    let bytes = 0;
    for (const program of await this.list()) {
      bytes += program.bytes;
      if (bytes <= this.limit || program.path === added) continue;
      await quietly(Deno.remove(program.path));
      await quietly(Deno.remove(program.path.replace(/vmfb$/, "json")));
    }
  }

  async #removeStale(): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.endsWith(".part")) continue;
      const path = join(this.folder, name);
      const info = await quietly(Deno.stat(path));
      const age = Date.now() - (info?.mtime?.getTime() ?? Date.now());
      if (age > STALE_MS) await quietly(Deno.remove(path));
    }
  }

  async #names(): Promise<string[]> {
    try {
      const entries = await Array.fromAsync(Deno.readDir(this.folder));
      return entries.map(({ name }) => name)
        .filter((name) => /\.(?:vmfb|json|part)$/.test(name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  #programPath(key: string): string {
    return join(this.folder, `${key}.vmfb`);
  }

  #recordPath(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}

/** A key is the name of files: it must not lead to other folders. */
function toKey(key: string): string {
  if (typeof key === "string" && /^[\w-]+$/.test(key)) return key;
  throw mustBe("key", "letters, digits, _ and -", key);
}

function formatRecord(record: ProgramRecord, bytes: number): string {
  const { source, flags, compiler } = readOptions(record, RECORD, "record");
  toText("source", source);
  toText("compiler", compiler);
  const copies = copyArray("flags", flags, (flag) => toText("a flag", flag));
  return JSON.stringify({ source, flags: copies, compiler, bytes });
}

/** Ignores failures, since another process can be faster. */
async function quietly<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
