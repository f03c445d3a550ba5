import type { StopWatch } from "../../files/output_file.ts";

/** Signals that end a process, and their numbers. */
const SIGNALS: readonly (readonly [Deno.Signal, number])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", 2], ["SIGBREAK", 21]]
    : [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]];

/** A signal ended the command, which has removed its unfinished files. */
export class Interruption extends Error {
  /** The exit status of processes that end by the signal, as shells report it. */
  readonly status: number;

  /**
   * Describes a signal.
   *
   * @param name Its name.
   * @param number Its number.
   */
  constructor(name: string, number: number) {
    super(`ended by ${name}`);
    this.status = 128 + number;
  }
}

/**
 * Catches signals that would end the process, so that unfinished files can be
 * removed first: aborts `signal` with an {@linkcode Interruption}.
 */
export class InterruptionWatch implements StopWatch {
  readonly #controller = new AbortController();
  readonly #listeners: (readonly [Deno.Signal, () => void])[] = [];

  /** Starts catching them. */
  constructor() {
    for (const [name, number] of SIGNALS) {
      const listener = () =>
        this.#controller.abort(new Interruption(name, number));
      Deno.addSignalListener(name, listener);
      this.#listeners.push([name, listener]);
    }
  }

  /** Aborted by a signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops catching them. */
  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners.splice(0)) {
      Deno.removeSignalListener(name, listener);
    }
  }
}
