/** Milliseconds between updates. */
const INTERVAL = 100;

/** Shows progress on one line of a terminal and removes the line at the end. */
export class Progress implements Disposable {
  readonly #title: string;
  #shownAt = -INTERVAL;
  #shown = false;

  /** @param title Describes the operation. */
  constructor(title: string) {
    this.#title = title;
    if (!Deno.stderr.isTerminal()) console.error(title);
  }

  /**
   * Updates the line.
   *
   * @param received Bytes so far.
   * @param total Bytes in total, if known.
   */
  show(received: number, total?: number): void {
    const now = performance.now();
    if (!Deno.stderr.isTerminal() || now - this.#shownAt < INTERVAL) return;
    this.#shownAt = now;
    this.#shown = true;
    const part = total === undefined
      ? megabytes(received)
      : `${megabytes(received)} of ${megabytes(total)} (${
        Math.floor(100 * received / total)
      }%)`;
    write(`\r\x1b[K${this.#title}: ${part}`);
  }

  /** Removes the line. */
  [Symbol.dispose](): void {
    if (this.#shown) write("\r\x1b[K");
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
