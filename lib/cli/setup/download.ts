import { join } from "@std/path";
import { IreeError } from "../../../mod.ts";

/** A download's source and settings. */
export interface Download {
  readonly url: URL;
  /** SHA-256 of the whole file; names the partial file. */
  readonly sha256: string;
  /** Size of the whole file in bytes, if known. */
  readonly size?: number | undefined;
  /** Folder of the partial file. */
  readonly folder: string;
  /** Called with the bytes received and, if known, the total. */
  readonly progress: (received: number, total?: number) => void;
  /** Waits before the next attempt, given the number of failures. */
  readonly pause?: (failures: number) => Promise<void>;
  /** Milliseconds without data after which a connection counts as broken. */
  readonly stallTimeout?: number;
  /** Appends to the partial file. */
  readonly append?: (file: Deno.FsFile, bytes: Uint8Array) => Promise<void>;
}

/** Maximum number of consecutive attempts without new data. */
const MAX_FAILURES = 5;

/** A broken connection, or a server error that may be temporary. */
class Interruption extends Error {}

/**
 * Downloads a file and resumes an interrupted download.
 *
 * @param download The source and settings.
 * @returns The file's bytes; the caller must check the hash. The folder keeps
 * the partial file only if the download was interrupted too often.
 */
export async function download(
  download: Download,
): Promise<Uint8Array<ArrayBuffer>> {
  const partial = join(download.folder, `${download.sha256}.partial`);
  const pause = download.pause ?? pauseLonger;
  for (let failures = 0;;) {
    const before = sizeOf(partial);
    try {
      await receive(download, partial);
      const bytes = await Deno.readFile(partial);
      await Deno.remove(partial);
      return bytes;
    } catch (error) {
      if (!(error instanceof Interruption)) {
        await removeIfThere(partial);
        throw failure(error, partial);
      }
      const received = sizeOf(partial);
      failures = received > before ? 1 : failures + 1;
      if (failures === MAX_FAILURES) {
        if (received === 0) await removeIfThere(partial);
        throw new IreeError(
          "UNAVAILABLE",
          `cannot download ${shown(download.url)}: ` +
            error.message.replaceAll(download.url.href, shown(download.url)),
          {
            cause: error.cause,
            hint: received === 0
              ? "check the address and the connection; HTTPS_PROXY names a proxy"
              : `${received} bytes are kept; run the same command to resume`,
          },
        );
      }
      await pause(failures);
    }
  }
}

/** Adds the file to the system's error. */
function failure(error: unknown, partial: string): unknown {
  if (!(error instanceof Error) || error instanceof IreeError) return error;
  if (error instanceof Deno.errors.NotCapable) return error;
  return new IreeError(
    "FAILED_PRECONDITION",
    `cannot write '${partial}': ${error.message}; no files were left behind`,
    { cause: error },
  );
}

async function receive(download: Download, partial: string): Promise<void> {
  const have = sizeOf(partial);
  if (have > 0 && have === download.size) return;
  const stall = new StallTimeout(download.stallTimeout ?? 30_000);
  try {
    const response = await request(download.url, have, stall);
    const start = startOf(response, have);
    const length = Number(response.headers.get("content-length") ?? NaN);
    const total = download.size ??
      (Number.isNaN(length) ? undefined : start + length);
    using file = await Deno.open(partial, { write: true, create: true });
    await file.truncate(start);
    await file.seek(start, Deno.SeekMode.Start);
    let received = start;
    for await (const bytes of chunksOf(response, stall)) {
      received += bytes.length;
      if (download.size !== undefined && received > download.size) break;
      await (download.append ?? append)(file, bytes);
      download.progress(received, total);
    }
    checkSize(download, received);
  } finally {
    stall.end();
  }
}

function checkSize({ url, size }: Download, received: number): void {
  if (size === undefined || received === size) return;
  const message = `has ${received} bytes, expected ${size}`;
  if (received < size) throw new Interruption(`the response ${message}`);
  throw new IreeError("DATA_LOSS", `${shown(url)} has more than ${size} bytes`);
}

/** An address without its secrets. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

async function request(
  url: URL,
  have: number,
  stall: StallTimeout,
): Promise<Response> {
  // A server that compresses would count ranges of the compressed data.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have > 0) headers.range = `bytes=${have}-`;
  let response;
  try {
    response = await fetch(url, { headers, signal: stall.signal });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw interruption(error);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const { status, statusText } = response;
  if (status === 416 && have > 0) return await request(url, 0, stall);
  const message = `the server responded with ${status} ${statusText}`.trimEnd();
  if (status >= 500 || status === 408 || status === 429) {
    throw new Interruption(message);
  }
  throw new IreeError("NOT_FOUND", `cannot download ${shown(url)}: ${message}`);
}

/** Where a response starts: servers without range support send everything. */
function startOf(response: Response, have: number): number {
  if (response.status !== 206) return 0;
  const range = response.headers.get("content-range") ?? "";
  const start = Number(/^bytes (\d+)-/.exec(range)?.[1] ?? NaN);
  if (start === have) return start;
  throw new IreeError(
    "DATA_LOSS",
    `${
      shown(new URL(response.url))
    } must respond with a range from ${have}, got '${range}'`,
  );
}

async function* chunksOf(
  response: Response,
  stall: StallTimeout,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    let next;
    try {
      next = await reader.read();
    } catch (error) {
      throw interruption(error);
    }
    if (next.done) return;
    stall.renew();
    yield next.value;
  }
}

function interruption(error: unknown): Interruption {
  const message = error instanceof Error ? error.message : String(error);
  return new Interruption(message, { cause: error });
}

/** Aborts unless it is renewed in time. */
class StallTimeout {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error("no data arrived for too long")),
      this.#milliseconds,
    );
  }

  /** Closes the connection if it is still open. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

async function append(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
}

function pauseLonger(failures: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures));
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
