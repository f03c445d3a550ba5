/**
 * Archives for the tests of `iree setup`: small ones, and a local server that
 * serves them as badly as each test asks.
 *
 * @module
 */

import { join } from "@std/path";
import { BUILD_FILE } from "../../lib/cli/setup/install.ts";
import { runtime } from "../../mod.ts";
import { type ArchiveFile, writeArchive } from "../../release/tar.ts";
import { waitUntil } from "../waiting.ts";

const encoder = new TextEncoder();

/** A text file. */
export function file(path: string, text: string): ArchiveFile {
  return { path, bytes: encoder.encode(text) };
}

/** The files of an installable archive; its library is a stand-in. */
export function installable(): ArchiveFile[] {
  const build = { version: runtime.packageVersion, target: Deno.build.target };
  // Random bytes, which do not compress.
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  return [
    file(BUILD_FILE, JSON.stringify(build)),
    file("include/iree/base/api.h", "// a header\n"),
    { path: runtime.platform!.library, bytes },
  ];
}

/** An installable archive, with its hash. */
export async function smallArchive(
  files: readonly ArchiveFile[] = installable(),
): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }> {
  const bytes = await writeArchive(files);
  return { bytes, sha256: await hashOf(bytes) };
}

/** SHA-256 in hexadecimal. */
export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** All paths under a folder, sorted. */
export async function pathsUnder(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const below = isDirectory ? await pathsUnder(join(folder, name)) : [""];
    paths.push(...below.map((path) => path === "" ? name : `${name}/${path}`));
    if (isDirectory && below.length === 0) paths.push(`${name}/`);
  }
  return paths.sort();
}

/** How a server answers one request. */
export interface Answer {
  /** Breaks the connection after this many bytes. */
  readonly breaksAfter?: number;
  /** Stalls after this many bytes. */
  readonly silentAfter?: number;
  /** Ignores ranges: always sends the whole file. */
  readonly whole?: boolean;
  /** Answers with an error. */
  readonly status?: number;
  /** Omits the length. */
  readonly chunked?: boolean;
}

/** Size of a folder's partial download. */
function sizeOfPartial(folder: string): number {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const partial = names.find((name) => name.endsWith(".partial"));
    return partial ? Deno.statSync(join(folder, partial)).size : 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Serves one file, answering each request as the next answer says. Answers that
 * break off need the folder of the download.
 */
export class Server implements AsyncDisposable {
  /** The range of each request so far. */
  readonly ranges: (string | null)[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #downloads: string;
  readonly #sent: Promise<void>[] = [];
  readonly #end = Promise.withResolvers<void>();

  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    answers: readonly Answer[] = [],
    downloads = "",
  ) {
    this.#downloads = downloads;
    const rest = [...answers];
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        onListen() {},
        onError: () => failed(),
      },
      (request) => {
        const range = request.headers.get("range");
        this.ranges.push(range);
        return this.#respond(bytes, range, rest.shift() ?? {});
      },
    );
  }

  /** The file's URL. */
  get url(): URL {
    const { port } = this.#server.addr;
    return new URL(`http://127.0.0.1:${port}/archive.tar.gz`);
  }

  #respond(
    all: Uint8Array<ArrayBuffer>,
    range: string | null,
    answer: Answer,
  ): Response {
    const { status, whole, chunked } = answer;
    if (status !== undefined) return new Response("no", { status });
    const start = whole ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1]);
    const from = Number.isNaN(start) ? 0 : start;
    if (from >= all.length) return new Response(null, { status: 416 });
    const bytes = all.subarray(from);
    const headers = new Headers();
    if (!chunked) headers.set("content-length", `${bytes.length}`);
    if (from > 0) {
      headers.set(
        "content-range",
        `bytes ${from}-${all.length - 1}/${all.length}`,
      );
    }
    const body = new ReadableStream({
      start: (controller) => {
        this.#sent.push(this.#send(controller, from, bytes, answer));
      },
    });
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  }

  async #send(
    controller: ReadableStreamDefaultController<Uint8Array>,
    from: number,
    bytes: Uint8Array<ArrayBuffer>,
    { breaksAfter, silentAfter }: Answer,
  ): Promise<void> {
    const end = breaksAfter ?? silentAfter ?? bytes.length;
    controller.enqueue(bytes.slice(0, end));
    if (silentAfter !== undefined) await this.#end.promise;
    // The bytes must arrive before the connection closes.
    if (breaksAfter !== undefined) {
      await waitUntil(
        () => sizeOfPartial(this.#downloads) >= from + end,
        `${from + end} bytes have arrived`,
      );
    }
    try {
      if (end === bytes.length) controller.close();
      else controller.error(new Error("broken on purpose"));
    } catch {
      // The client has disconnected.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.resolve();
    await Promise.all(this.#sent);
    await this.#server.shutdown();
  }
}

function failed(): Response {
  return new Response(null, { status: 500 });
}
