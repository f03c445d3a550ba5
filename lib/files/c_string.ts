/**
 * Reads a text that ends with a NUL.
 *
 * @param view The bytes.
 * @param offset Where the text begins.
 * @throws {RangeError} If the bytes end before the text.
 */
export function readCString(
  view: DataView<ArrayBuffer>,
  offset: number,
): string {
  let text = "";
  for (let at = offset; view.getUint8(at) !== 0; at++) {
    text += String.fromCharCode(view.getUint8(at));
  }
  return text;
}
