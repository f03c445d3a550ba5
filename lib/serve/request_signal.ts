import { RequestError, tooLate } from "./http_errors.ts";

/** Who waits for an answer. A `Request` is one. */
export interface Client {
  /** Aborted when the client no longer waits. */
  readonly signal: AbortSignal;
}

/** A request that is being answered. */
interface Watched {
  readonly client: Client;
  readonly controller: AbortController;
  /** When its client's signal is read, as `performance.now` counts. */
  readonly listens: number;
  /** When it is too late. */
  readonly due: number;
  /** Stops listening to the client. */
  release: (() => void) | undefined;
}

/**
 * Ends requests whose client is gone or that take too long. All have the same time,
 * so that one timer serves all of them: a timer for each would take longer than
 * the rest of the watch.
 */
export class RequestSignals {
  readonly #timeout: number;
  /** In the order in which they are too late. */
  readonly #watched = new Set<Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  #wakes = 0;

  /** @param timeout Milliseconds until a request is too late. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * Creates a signal that ends a request.
   *
   * @param client Who waits for the answer.
   * @param patience Milliseconds after which the client's signal is read, if the
   * request is not answered by then.
   * @returns The signal; `release` ends the watch.
   */
  watch(
    client: Client,
    patience = 0,
  ): { signal: AbortSignal; release: () => void } {
    const now = performance.now();
    const watched: Watched = {
      client,
      controller: new AbortController(),
      listens: now + patience,
      due: now + this.#timeout,
      release: undefined,
    };
    if (patience === 0) listen(watched);
    this.#watched.add(watched);
    this.#wakeAt(wakeOf(watched), now);
    return {
      signal: watched.controller.signal,
      release: () => {
        watched.release?.();
        this.#watched.delete(watched);
        if (this.#watched.size === 0) this.#clear();
      },
    };
  }

  #wakeAt(time: number, now: number): void {
    if (this.#timer !== undefined && this.#wakes <= time) return;
    clearTimeout(this.#timer);
    this.#wakes = time;
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(time - now));
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wake(): void {
    this.#timer = undefined;
    const now = performance.now();
    let next = Infinity;
    for (const watched of this.#watched) {
      if (watched.due <= now) {
        this.#watched.delete(watched);
        watched.controller.abort(tooLate(this.#timeout));
        continue;
      }
      if (watched.listens <= now) listen(watched);
      next = Math.min(next, wakeOf(watched));
    }
    if (next < Infinity) this.#wakeAt(next, now);
  }
}

/** When something is to be done about a request. */
function wakeOf({ release, listens, due }: Watched): number {
  return release === undefined ? Math.min(listens, due) : due;
}

function listen(watched: Watched): void {
  if (watched.release !== undefined) return;
  const { signal } = watched.client;
  const gone = () => watched.controller.abort(reasonOf(signal));
  watched.release = () => signal.removeEventListener("abort", gone);
  signal.addEventListener("abort", gone);
  if (signal.aborted) gone();
}

/** Milliseconds after which a request is a long one. */
const LONG = 100;

/**
 * Decides when the signal of a request is read. Creating it takes Deno's server
 * longer than everything else about a short request. Deno aborts it even if it is
 * created after the client has gone, except over HTTP/2, whose requests have no
 * header `host`.
 *
 * @param request The request.
 * @returns Milliseconds.
 */
export function patienceFor({ headers }: Request): number {
  return headers.has("host") ? LONG : 0;
}

function reasonOf({ reason }: AbortSignal): RequestError {
  if (reason instanceof RequestError) return reason;
  // The status that nginx logs for it; it reaches no client.
  return new RequestError("CANCELLED", 499, "the client disconnected");
}
