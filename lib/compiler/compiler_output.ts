/** How many bytes are kept to describe a crash. */
const KEPT_BYTES = 64 * 1024;

/**
 * The compiler's output. It is passed on to stderr, but its end is kept to
 * describe a crash.
 */
export class PrintedText {
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** The text kept. */
  get text(): string {
    const decoder = new TextDecoder();
    return this.#parts.map((part) => decoder.decode(part, { stream: true }))
      .join("").trim();
  }

  /** Adds text. */
  add(text: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(text);
    this.#length += text.length;
    while (this.#length > KEPT_BYTES && this.#parts.length > 1) {
      const [first, ...rest] = this.#parts;
      this.#parts = rest;
      this.#length -= first!.length;
      printAll(first!);
    }
  }

  /** Prints the text kept. */
  print(): void {
    for (const part of this.#parts) printAll(part);
    this.#parts = [];
    this.#length = 0;
  }
}

function printAll(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stderr.writeSync(bytes.subarray(at));
  }
}
