/**
 * Messages between a program and the child process that compiles for it: a
 * line, JSON, and bytes. The compiler's output between them is separated.
 *
 * @module
 */

/** A message. */
export interface Message<Kind extends string = string> {
  /** The kind of message. */
  readonly kind: Kind;
  /** Data as JSON. */
  readonly data: unknown;
  /** Bytes, such as a source or a program. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NO_BYTES = new Uint8Array();

/** Starts a message; a random key makes sure that nothing else does. */
function markOf(key: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`\x1e${key} `);
}

/**
 * Encodes a message.
 *
 * @param key The key of both processes.
 * @param kind The kind of message.
 * @param data Data for JSON.
 * @param bytes Bytes.
 * @returns The parts, to be written in order.
 */
export function encodeMessage(
  key: string,
  kind: string,
  data: unknown = null,
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES,
): Uint8Array<ArrayBuffer>[] {
  const json = encoder.encode(JSON.stringify(data));
  const line = encoder.encode(`${kind} ${json.length} ${bytes.length}\n`);
  const head = new Uint8Array([...markOf(key), ...line, ...json]);
  return bytes.length > 0 ? [head, bytes] : [head];
}

/** Reads messages from a stream. */
export class MessageReader {
  readonly #mark: Uint8Array<ArrayBuffer>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #onText: (text: Uint8Array<ArrayBuffer>) => void;
  #rest: Uint8Array<ArrayBuffer> = NO_BYTES;

  /**
   * Starts to read.
   *
   * @param key The key of both processes.
   * @param stream The stream.
   * @param onText Receives the output between messages.
   */
  constructor(
    key: string,
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    onText: (text: Uint8Array<ArrayBuffer>) => void = () => {},
  ) {
    this.#mark = markOf(key);
    this.#reader = stream.getReader();
    this.#onText = onText;
  }

  /** Reads a message; `undefined` at the stream's end. */
  async read(): Promise<Message | undefined> {
    if (!await this.#skipToMark()) return undefined;
    const line = await this.#readLine();
    if (line === undefined) return undefined;
    const [kind = "", jsonLength, byteLength] = line.split(" ");
    const json = await this.#readBytes(Number(jsonLength));
    const bytes = await this.#readBytes(Number(byteLength));
    if (json === undefined || bytes === undefined) return undefined;
    return { kind, data: JSON.parse(decoder.decode(json)), bytes };
  }

  /** Stops reading. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  async #skipToMark(): Promise<boolean> {
    const { length } = this.#mark;
    for (;;) {
      const at = findBytes(this.#rest, this.#mark);
      if (at >= 0) {
        this.#takeText(at);
        this.#rest = this.#rest.subarray(length);
        return true;
      }
      // The end may be the start of a mark.
      this.#takeText(Math.max(0, this.#rest.length - length + 1));
      if (!await this.#readMore()) {
        this.#takeText(this.#rest.length);
        return false;
      }
    }
  }

  #takeText(length: number): void {
    if (length === 0) return;
    this.#onText(this.#rest.slice(0, length));
    this.#rest = this.#rest.subarray(length);
  }

  async #readLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end >= 0) {
        const line = decoder.decode(this.#rest.subarray(0, end));
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (!await this.#readMore()) return undefined;
    }
  }

  async #readMore(): Promise<boolean> {
    const { value } = await this.#reader.read();
    if (value === undefined) return false;
    const joined = new Uint8Array(this.#rest.length + value.length);
    joined.set(this.#rest);
    joined.set(value, this.#rest.length);
    this.#rest = joined;
    return true;
  }

  /** Reads into one array, since programs can be as large as their weights. */
  async #readBytes(
    length: number,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(length);
    let at = Math.min(length, this.#rest.length);
    bytes.set(this.#rest.subarray(0, at));
    this.#rest = this.#rest.subarray(at);
    while (at < length) {
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      const wanted = value.subarray(0, length - at);
      bytes.set(wanted, at);
      at += wanted.length;
      this.#rest = value.subarray(wanted.length);
    }
    return bytes;
  }
}

function findBytes(
  bytes: Uint8Array<ArrayBuffer>,
  wanted: Uint8Array<ArrayBuffer>,
): number {
  let at = bytes.indexOf(wanted[0]!);
  while (
    at >= 0 && !wanted.every((byte, index) => bytes[at + index] === byte)
  ) {
    at = bytes.indexOf(wanted[0]!, at + 1);
  }
  return at;
}
