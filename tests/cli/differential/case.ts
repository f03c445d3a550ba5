/** One command line that both programs run. */
export interface Case {
  /** A unique name; `differences.ts` refers to cases by it. */
  readonly name: string;
  /** The program; `echo.mlir` by default. */
  readonly module?: string;
  /** Its function; left out when the arguments name it. */
  readonly function?: string;
  /** The arguments after module and function. */
  readonly args: readonly string[];
  /** Files in the programs' working directory, by name. */
  readonly files?: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** Whether stderr must match, too. */
  readonly stderr?: boolean;
}

/** Makes an array of a NumPy file. */
export function npy(
  descr: string,
  shape: string,
  contents: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const dict = `{'descr': '${descr}', 'fortran_order': False, ` +
    `'shape': ${shape}, }`;
  return npyOfHeader(dict, contents);
}

/** Makes an array of a NumPy file with an arbitrary header. */
export function npyOfHeader(
  header: string,
  contents: Uint8Array<ArrayBuffer>,
  magic = "\x93NUMPY\x01\0",
): Uint8Array<ArrayBuffer> {
  const padded = `${header.padEnd(117)}\n`;
  return join(
    ascii(magic),
    Uint8Array.of(padded.length & 255, padded.length >> 8),
    ascii(padded),
    contents,
  );
}

/** Bytes of text. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (it) => it.charCodeAt(0));
}

/** Bytes of 32-bit numbers. */
export function floats(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(values).buffer);
}

/** Concatenates byte arrays. */
export function join(
  ...parts: readonly Uint8Array<ArrayBuffer>[]
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Bytes that count up. */
export function counting(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => 1 + 7 * index % 97);
}
