/**
 * Writes self-extracting executables: a launcher (`native/launcher`), the files
 * that it places in the user's cache, and the command that it then becomes.
 *
 * @module
 */

import { basename, dirname, join } from "@std/path";

/** A file of an executable. */
export interface ExtractedFile {
  /** Its path in the folder of the placed files, with `/`. */
  readonly name: string;
  /** Its contents, or the path of a file with them. */
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

/** What an executable contains. */
export interface ExecutableContents {
  /** Path of the launcher for the executable's platform. */
  readonly launcher: string;
  /** The files. */
  readonly files: readonly ExtractedFile[];
  /**
   * The program and its arguments, which those of the executable follow.
   * {@linkcode FOLDER} stands for the folder of the placed files.
   */
  readonly command: readonly string[];
  /** Environment variables, for those that are not set. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Stands for the folder of the placed files, in arguments and variables. */
export const FOLDER = "\x01";

/**
 * The least permissions that work: models and modules may be anywhere, results
 * are written to files, programs compile in a child process, and network access
 * prompts.
 *
 * @param cacheVariables Variables that locate the user's cache.
 */
export function permissionsWith(cacheVariables: readonly string[]): string[] {
  const variables = [
    ...["IREE_RUNTIME_LIBRARY", "IREE_COMPILER_LIBRARY", "VIRTUAL_ENV"],
    ...cacheVariables,
  ];
  return [
    "--allow-read",
    "--allow-write",
    "--allow-ffi",
    "--allow-run",
    `--allow-env=${variables}`,
  ];
}

/** Path of the launcher in an SDK. */
export const LAUNCHER = "libexec/iree-deno/launcher";

/**
 * The files that every executable has: Deno and the library.
 *
 * @param deno Deno's program.
 * @param library The runtime library.
 */
export function runtimeFiles(deno: string, library: string): ExtractedFile[] {
  return [
    { name: "deno", contents: deno },
    { name: basename(library), contents: library },
  ];
}

/**
 * The variables that every executable sets. Deno's cache, which keeps compiled
 * JavaScript, is beside the files, since a home may be read-only.
 *
 * @param library The runtime library.
 */
export function variablesFor(library: string): Record<string, string> {
  return {
    IREE_RUNTIME_LIBRARY: `${FOLDER}/${basename(library)}`,
    DENO_DIR: `${FOLDER}.deno`,
    DENO_NO_UPDATE_CHECK: "1",
  };
}

/**
 * The command of an executable. V8 compiles all functions of a file at once, so
 * that Deno's code cache has them and later starts compile nothing.
 *
 * @param args Arguments of `deno run`.
 */
export function denoCommand(args: readonly string[]): string[] {
  const flags = ["--no-config", "--no-lock", "--v8-flags=--no-lazy"];
  return [`${FOLDER}/deno`, "run", ...flags, ...args];
}

// The layout of `native/launcher/launcher.c`.
const MAGIC = "iree-extract-01";
const NAME_CAPACITY = 208;
const ENTRY_SIZE = NAME_CAPACITY + 8 + 8 + 32;
const FOOTER_SIZE = 8 + 4 + 4 + 32 + 16;

const encoder = new TextEncoder();

/**
 * Writes an executable. A failure leaves nothing behind.
 *
 * @param output Path of the executable.
 * @param contents What it contains.
 */
export async function writeExecutable(
  output: string,
  { launcher, files, command, variables }: ExecutableContents,
): Promise<void> {
  await Deno.mkdir(dirname(output), { recursive: true });
  const partial = `${output}.${crypto.randomUUID()}`;
  try {
    {
      using file = await Deno.open(partial, {
        write: true,
        createNew: true,
        mode: 0o755,
      });
      const start = await Deno.readFile(launcher);
      await writeAll(file, start);
      let offset = start.length;
      const table: Uint8Array<ArrayBuffer>[] = [];
      for (const { name, contents } of files) {
        const bytes = typeof contents === "string"
          ? await Deno.readFile(contents)
          : contents;
        await writeAll(file, bytes);
        table.push(await entry(name, offset, bytes));
        offset += bytes.length;
      }
      const text = encodeStrings([
        ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
        "",
        ...command,
      ]);
      const end = await new Blob([...table, text]).bytes();
      await writeAll(file, end);
      await writeAll(file, await footer(offset, files.length, text, end));
    }
    await Deno.rename(partial, output);
  } catch (error) {
    await removeIfThere(partial);
    throw error;
  }
}

async function entry(
  name: string,
  offset: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(ENTRY_SIZE);
  const encoded = encoder.encode(name);
  if (encoded.length >= NAME_CAPACITY) {
    throw new RangeError(
      `a file's name must have at most ${NAME_CAPACITY - 1} bytes, got ` +
        `'${name}'`,
    );
  }
  result.set(encoded);
  const view = new DataView(result.buffer);
  view.setBigUint64(NAME_CAPACITY, BigInt(offset), true);
  view.setBigUint64(NAME_CAPACITY + 8, BigInt(bytes.length), true);
  result.set(await digest(bytes), NAME_CAPACITY + 16);
  return result;
}

async function footer(
  offset: number,
  count: number,
  text: Uint8Array<ArrayBuffer>,
  end: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(FOOTER_SIZE);
  const view = new DataView(result.buffer);
  view.setBigUint64(0, BigInt(offset), true);
  view.setUint32(8, count, true);
  view.setUint32(12, text.length, true);
  result.set(await digest(end), 16);
  result.set(encoder.encode(MAGIC), 48);
  return result;
}

function encodeStrings(strings: readonly string[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(strings.map((text) => `${text}\0`).join(""));
}

async function digest(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += await file.write(bytes.subarray(done));
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Lists the files below a folder.
 *
 * @param folder The folder.
 * @param name Its path in an executable.
 */
export async function filesBelow(
  folder: string,
  name: string,
): Promise<ExtractedFile[]> {
  const files: ExtractedFile[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    const inner = `${name}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesBelow(path, inner));
    else files.push({ name: inner, contents: path });
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}
