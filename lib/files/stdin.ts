/**
 * Reads standard input to its end.
 *
 * @returns All of its bytes.
 */
export function readStdin(): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const chunk = new Uint8Array(65536);
    const length = Deno.stdin.readSync(chunk);
    if (length === null) break;
    chunks.push(chunk.subarray(0, length));
  }
  const bytes = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * Reads standard input to its end without blocking the event loop.
 *
 * @returns All of its bytes.
 */
export function readStdinLater(): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(Deno.stdin.readable).bytes();
}
