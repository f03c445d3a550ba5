import { toInteger, toText } from "../base/checks.ts";
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
export interface Listening {
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
  const http = Deno.serve({
    hostname: toText("hostname", hostname),
    port: toInteger("port", port, 0, 65535),
    signal: controller.signal,
    onListen: () => {},
    ...(cert === undefined || key === undefined ? {} : {
      cert: toText("cert", cert),
      key: toText("key", key),
    }),
  }, (request) => server.fetch(request));
  const scheme = cert === undefined ? "http" : "https";
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `${scheme}://${host}:${http.addr.port}`,
    port: http.addr.port,
    shutdown: (grace) => {
      const ended = end(server, answering, () => http.shutdown());
      return within(ended, grace, () => controller.abort());
    },
  };
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
