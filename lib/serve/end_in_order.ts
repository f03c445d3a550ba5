import type { ServerState } from "./server_state.ts";
import type { Ending, Listening } from "./listen_options.ts";

/** A port that is open. */
interface Port {
  readonly url: string;
  readonly port: number;
  /** Closes it once its requests are answered. */
  close(): Promise<void>;
  /** Closes it at once. */
  abort(): void;
}

/** Milliseconds that `await using` waits for requests. */
const DISPOSE_GRACE = 30_000;

/**
 * Describes an open port, which ends in order.
 *
 * @param server The server.
 * @param answering Its requests.
 * @param port The port.
 */
export function endInOrder(
  server: Ending,
  answering: ServerState,
  { url, port, close, abort }: Port,
): Listening {
  const shutdown = (grace: number) =>
    within(end(server, answering, close), grace, abort);
  return {
    url,
    port,
    shutdown,
    [Symbol.asyncDispose]: async () => {
      await shutdown(DISPOSE_GRACE);
    },
  };
}

async function end(
  server: Ending,
  answering: ServerState,
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
async function untilQuiet(answering: ServerState): Promise<void> {
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
