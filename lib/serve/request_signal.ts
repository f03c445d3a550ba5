import type { Aborting } from "../base/abort_signal.ts";
import { RequestError, tooLate } from "./http_errors.ts";

/** Who waits for an answer. A `Request` is one. */
export interface Client {
  /** Aborted when the client no longer waits. */
  readonly signal: AbortSignal;
}

/**
 * The end of a request that is being answered. Most requests are answered before
 * anything listens for long, so that an `AbortSignal` is created only for those who
 * need one.
 */
export class RequestEnd implements Aborting {
  readonly client: Client;
  /** When its client's signal is read, as `performance.now` counts. */
  readonly listens: number;
  /** When it is too late. */
  readonly due: number;
  readonly #forget: () => void;
  readonly #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;
  /** Stops listening to the client. */
  #ignore: (() => void) | undefined;
  /** Whether nothing waits for the answer. */
  aborted = false;
  /** Why. */
  reason: unknown;

  constructor(
    client: Client,
    listens: number,
    due: number,
    forget: () => void,
  ) {
    this.#forget = forget;
    this.client = client;
    this.listens = listens;
    this.due = due;
  }

  /** The same as a signal. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** When something is to be done about it. */
  get wakes(): number {
    return this.#ignore === undefined
      ? Math.min(this.listens, this.due)
      : this.due;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  /** Ends it, at the first call. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#controller?.abort(reason);
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Ends it when its client is gone. */
  listen(): void {
    if (this.#ignore !== undefined) return;
    const { signal } = this.client;
    const gone = () => this.abort(reasonOf(signal));
    this.#ignore = () => signal.removeEventListener("abort", gone);
    signal.addEventListener("abort", gone);
    if (signal.aborted) gone();
  }

  /** Stops watching: the request is answered. Call it once. */
  release(): void {
    this.#ignore?.();
    this.#forget();
  }
}

/**
 * Ends requests whose client is gone or that take too long. All have the same time,
 * so that one timer serves all of them: a timer for each would take longer than
 * the rest of the watch.
 */
export class RequestSignals {
  readonly #timeout: number;
  /**
   * Each in a place that is used again. A set would keep the requests that were
   * answered until the next full collection: its old tables refer to newer ones.
   */
  readonly #watched: (RequestEnd | undefined)[] = [];
  /** Places without a request. */
  readonly #free: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  #wakes = 0;

  /** @param timeout Milliseconds until a request is too late; may be infinite. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * Begins to watch a request.
   *
   * @param client Who waits for the answer.
   * @param patience Milliseconds after which the client's signal is read, if the
   * request is not answered by then.
   * @returns Its end; `release` ends the watch.
   */
  watch(client: Client, patience = 0): RequestEnd {
    const now = performance.now();
    const due = now + this.#timeout;
    const place = this.#free.pop() ?? this.#watched.length;
    const forget = () => this.#forget(place);
    const watched = new RequestEnd(client, now + patience, due, forget);
    this.#watched[place] = watched;
    if (patience === 0) watched.listen();
    this.#wakeAt(watched.wakes, now);
    return watched;
  }

  #forget(place: number): void {
    this.#watched[place] = undefined;
    this.#free.push(place);
    if (this.#free.length < this.#watched.length) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wakeAt(time: number, now: number): void {
    if (time === Infinity) return;
    if (this.#timer !== undefined && this.#wakes <= time) return;
    clearTimeout(this.#timer);
    this.#wakes = time;
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(time - now));
  }

  #wake(): void {
    this.#timer = undefined;
    const now = performance.now();
    let next = Infinity;
    for (const watched of this.#watched) {
      if (watched === undefined || watched.aborted) continue;
      if (watched.due <= now) {
        watched.abort(tooLate(this.#timeout));
        continue;
      }
      if (watched.listens <= now) watched.listen();
      next = Math.min(next, watched.wakes);
    }
    if (next < Infinity) this.#wakeAt(next, now);
  }
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
