/**
 * Converts positions in the UTF-8 of a text to positions in the text.
 *
 * @param text The text.
 * @param bytes Positions in its UTF-8, changed in place.
 */
export function toTextUnits(
  text: string,
  bytes: Uint32Array<ArrayBuffer>,
): void {
  const units = unitsOfBytes(text);
  if (units === undefined) return;
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = units[Math.min(bytes[i]!, units.length - 1)]!;
  }
}

/**
 * Returns the unit of UTF-16 that each byte belongs to, and the number of units
 * as the last element; nothing if bytes and units are the same.
 */
function unitsOfBytes(text: string): Uint32Array | undefined {
  const byteLength = new TextEncoder().encode(text).length;
  if (byteLength === text.length) return undefined;
  const units = new Uint32Array(byteLength + 1);
  let at = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const point = text.codePointAt(unit)!;
    const length = point < 0x80
      ? 1
      : point < 0x800
      ? 2
      : point < 0x10000
      ? 3
      : 4;
    units.fill(unit, at, at + length);
    at += length;
    if (point >= 0x10000) unit++;
  }
  units[at] = text.length;
  return units;
}
