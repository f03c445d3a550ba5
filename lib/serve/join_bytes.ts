/**
 * Joins bytes.
 *
 * @param parts The parts.
 * @param length Length of all of them.
 */
export function joinBytes(
  parts: readonly Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
