import { toInteger, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { Answering } from "./answer.ts";

/** Where a server listens. */
export interface ListenOptions {
  /**
   * The address; `0.0.0.0` is every one of the machine.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port; 0 is any free one.
   *
   * @default {8000}
   */
  port?: number | undefined;
  /** The certificate chain in PEM, for TLS. */
  cert?: string | undefined;
  /** The private key in PEM, for TLS. */
  key?: string | undefined;
}

/** A server that listens. */
export interface Listening extends AsyncDisposable {
  /** Its address, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /**
   * Ends in order: is not ready at once, answers requests that have arrived,
   * answers later ones with 503, and closes the port.
   *
   * @param grace Milliseconds that this may take.
   * @returns Whether all requests were answered in time.
   */
  shutdown(grace: number): Promise<boolean>;
}

const OPTIONS: OptionNames<ListenOptions> = {
  hostname: true,
  port: true,
  cert: true,
  key: true,
};

/** Milliseconds that `await using` waits for requests. */
const DISPOSE_GRACE = 30_000;

/** What ends when a server shuts down. */
interface Ending {
  fetch(request: Request): Promise<Response>;
  announceEnd(): void;
  drain(): Promise<void>;
}

/**
 * Listens for a server.
 *
 * @param server The server.
 * @param answering Its requests.
 * @param options Where it listens.
 */
export function listen(
  server: Ending,
  answering: Answering,
  options: ListenOptions | undefined,
): Listening {
  const { hostname = "127.0.0.1", port = 8000, cert, key } = readOptions(
    options,
    OPTIONS,
  );
  const controller = new AbortController();
  const address = {
    hostname: toText("hostname", hostname),
    port: toInteger("port", port, 0, 65535),
  };
  const keys = readKeys(cert, key);
  const http = opened(() =>
    Deno.serve({
      ...address,
      ...keys,
      signal: controller.signal,
      onListen: () => {},
    }, (request) => server.fetch(request)), address);
  const shutdown = (grace: number) => {
    const ended = end(server, answering, () => http.shutdown());
    return within(ended, grace, () => controller.abort());
  };
  const scheme = cert === undefined ? "http" : "https";
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `${scheme}://${host}:${http.addr.port}`,
    port: http.addr.port,
    shutdown,
    [Symbol.asyncDispose]: async () => {
      await shutdown(DISPOSE_GRACE);
    },
  };
}

function readKeys(
  cert: string | undefined,
  key: string | undefined,
): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) {
    return { cert: toText("cert", cert), key: toText("key", key) };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "cert and key must be given together",
  );
}

/** Opens the port; failures of the system name it. */
function opened<Server>(
  open: () => Server,
  { hostname, port }: { hostname: string; port: number },
): Server {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IreeError(
      "UNAVAILABLE",
      `cannot listen on ${hostname}:${port}: ${reason}`,
      { cause },
    );
  }
}

async function end(
  server: Ending,
  answering: Answering,
  close: () => Promise<void>,
): Promise<void> {
  server.announceEnd();
  await untilQuiet(answering);
  await server.drain();
  // Closing the port fails requests; a 503 gives the reason.
  await untilQuiet(answering);
  await close();
}

/** Milliseconds without a new request after which those before have arrived. */
const QUIET = 10;

/** The most milliseconds that new requests are still answered. */
const MOST_ARRIVING = 250;

// Requests whose bytes have arrived may wait in the system's queues: they come
// with the next turns of the event loop.
async function untilQuiet(answering: Answering): Promise<void> {
  const start = performance.now();
  let before: number;
  do {
    before = answering.arrivals;
    await new Promise((resolve) => setTimeout(resolve, QUIET));
  } while (
    answering.arrivals !== before && performance.now() - start < MOST_ARRIVING
  );
}

async function within(
  ended: Promise<void>,
  grace: number,
  abort: () => void,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), grace);
  try {
    const isLate = await Promise.race([ended, promise]) === "late";
    if (isLate) abort();
    return !isLate;
  } finally {
    clearTimeout(timer);
  }
}
