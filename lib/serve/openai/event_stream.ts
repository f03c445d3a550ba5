import { RequestError, tooLate } from "../http_errors.ts";

/** Server-sent events, each sent once the client has accepted the one before. */
export class EventStream {
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #timeout: number;
  readonly #encoder = new TextEncoder();
  readonly #gone = new AbortController();
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #wanted = Promise.withResolvers<void>();

  /** @param timeout Milliseconds in which the client must accept an event. */
  constructor(timeout: number) {
    this.#timeout = timeout;
    // A client that leaves between two events is noticed by the signal.
    this.#wanted.promise.catch(() => {});
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wanted.resolve(),
      cancel: () =>
        this.#leave(
          new RequestError("CANCELLED", 499, "the client disconnected"),
        ),
    });
  }

  /** Aborted when the client has gone, or does not read. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * Sends an event.
   *
   * @param body Its data: a text, or an object in JSON.
   */
  async send(body: object | string): Promise<void> {
    await this.#untilWanted();
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.#wanted = Promise.withResolvers<void>();
    this.#wanted.promise.catch(() => {});
    this.#controller.enqueue(this.#encoder.encode(`data: ${text}\n\n`));
  }

  /** Ends the body. */
  close(): void {
    if (!this.#gone.signal.aborted) this.#controller.close();
  }

  async #untilWanted(): Promise<void> {
    this.#gone.signal.throwIfAborted();
    const timer = setTimeout(() => {
      const error = tooLate(this.#timeout);
      this.#controller.error(error);
      this.#leave(error);
    }, this.#timeout);
    try {
      await this.#wanted.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #leave(reason: RequestError): void {
    this.#wanted.reject(reason);
    this.#gone.abort(reason);
  }
}
