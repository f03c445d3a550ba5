/** A connection over TCP. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn;
  #text = "";
  #isOpen = true;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ port, hostname: "127.0.0.1" }));
  }

  async write(text: string): Promise<void> {
    let rest: Uint8Array = new TextEncoder().encode(text);
    while (rest.length > 0) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Reads until what came matches; returns all of it. */
  async readUntil(pattern: RegExp): Promise<string> {
    const bytes = new Uint8Array(65_536);
    while (!pattern.test(this.#text)) {
      const length = await this.#connection.read(bytes);
      if (length === null) throw new Error(`closed after: ${this.#text}`);
      this.#text += new TextDecoder().decode(bytes.subarray(0, length));
    }
    return this.#text;
  }

  /** Reads until the server closes the connection; returns what came. */
  async readAll(): Promise<string> {
    const bytes = new Uint8Array(65_536);
    while (true) {
      const length = await this.#connection.read(bytes);
      if (length === null) return this.#text;
      this.#text += new TextDecoder().decode(bytes.subarray(0, length));
    }
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#connection.close();
  }
}
