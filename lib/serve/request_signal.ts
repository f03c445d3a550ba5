import { RequestError, tooLate } from "./http_errors.ts";

/** A request that is being answered. */
interface Watched {
  readonly controller: AbortController;
  /** When it is too late, as `performance.now` counts. */
  readonly due: number;
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

  /** @param timeout Milliseconds until a request is too late. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * Creates a signal that ends a request.
   *
   * @param client Aborted when the client no longer waits.
   * @returns The signal; `release` ends the watch.
   */
  watch(client: AbortSignal): { signal: AbortSignal; release: () => void } {
    const controller = new AbortController();
    const watched = { controller, due: performance.now() + this.#timeout };
    const gone = () => controller.abort(reasonOf(client));
    client.addEventListener("abort", gone);
    if (client.aborted) gone();
    this.#watched.add(watched);
    this.#timer ??= setTimeout(() => this.#expire(), this.#timeout);
    return {
      signal: controller.signal,
      release: () => {
        client.removeEventListener("abort", gone);
        this.#watched.delete(watched);
        if (this.#watched.size === 0) this.#clear();
      },
    };
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const watched of this.#watched) {
      if (watched.due > now) {
        const left = Math.ceil(watched.due - now);
        this.#timer = setTimeout(() => this.#expire(), left);
        return;
      }
      this.#watched.delete(watched);
      watched.controller.abort(tooLate(this.#timeout));
    }
  }
}

function reasonOf({ reason }: AbortSignal): RequestError {
  if (reason instanceof RequestError) return reason;
  // The status that nginx logs for it; it reaches no client.
  return new RequestError("CANCELLED", 499, "the client disconnected");
}
