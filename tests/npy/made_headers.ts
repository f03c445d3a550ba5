/** An array with a custom header. */
export function withHeader(
  header: string,
  contents: Iterable<number> = [],
  version: readonly [number, number] = [1, 0],
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const size = version[0] === 1 ? 2 : 4;
  const length = Array.from(
    { length: size },
    (_, index) => text.length >> (8 * index) & 255,
  );
  const magic = Array.from("\x93NUMPY", (it) => it.charCodeAt(0));
  return new Uint8Array([
    ...magic,
    ...version,
    ...length,
    ...text,
    ...contents,
  ]);
}

/** The text of a header. */
export function header(
  { descr = "'<f4'", order = "False", shape = "(2,)" } = {},
): string {
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
}
