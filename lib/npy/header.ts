import { IreeError } from "../base/error.ts";
import { MAX_RANK } from "../tensor/shape.ts";

/** The header of an array in a `.npy` file. */
export interface NpyHeader {
  /** NumPy's name of the element type: `<f4`. */
  readonly descr: string;
  /** Whether the first dimension varies fastest, instead of the last. */
  readonly fortranOrder: boolean;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** Offset of the elements from the start of the array, in bytes. */
  readonly byteLength: number;
}

/** Creates the error for a faulty array. */
export type Refuse = (problem: string) => IreeError;

const MAGIC = Uint8Array.from("\x93NUMPY", (it) => it.charCodeAt(0));

/** Maximum header length; headers of 128 dimensions have 3 KiB. */
const MAX_HEADER_LENGTH = 2 ** 20;

/**
 * Returns the length of an array's header.
 *
 * @param head The first bytes of the array.
 * @returns The length in bytes; 0 if the bytes are not a header, or if it is too
 * long.
 */
export function headerLength(head: Uint8Array<ArrayBuffer>): number {
  const start = head[6] === 1 ? 10 : 12;
  if (head.length < start) return 0;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const length = head[6] === 1
    ? view.getUint16(8, true)
    : view.getUint32(8, true);
  return length > MAX_HEADER_LENGTH ? 0 : start + length;
}

/**
 * Reads the header of an array.
 *
 * @param bytes The array and all bytes after it.
 * @param refuse Creates the error.
 * @returns The header; throws INVALID_ARGUMENT if it is truncated or corrupt,
 * and UNIMPLEMENTED for unsupported versions and types.
 */
export function parseNpyHeader(
  bytes: Uint8Array<ArrayBuffer>,
  refuse: Refuse,
): NpyHeader {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw refuse("must begin with \\x93NUMPY");
  }
  const [major = 0, minor = 0] = bytes.subarray(6, 8);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw refuse("is truncated in its header");
  if (major < 1 || major > 3 || minor !== 0) {
    throw unimplemented(refuse(`has version ${major}.${minor} of the format`));
  }
  const end = headerLength(bytes);
  if (end === 0) {
    throw refuse(
      `has a header of more than ${MAX_HEADER_LENGTH} bytes, which is too long`,
    );
  }
  if (bytes.length < end) {
    throw refuse(`is truncated in its header, which has ${end} bytes`);
  }
  const encoding = major === 3 ? "utf-8" : "latin1";
  const text = new TextDecoder(encoding).decode(bytes.subarray(start, end));
  return { ...parseDictionary(text, refuse), byteLength: end };
}

const KEYS = ["descr", "fortran_order", "shape"] as const;

const ENTRY =
  /\s*(['"])(\w*)\1\s*:\s*('[^']*'|"[^"]*"|True\b|False\b|\([^()'"]*\)|[[(])\s*/y;

// A Python literal, of which NumPy uses only this subset.
function parseDictionary(
  text: string,
  refuse: Refuse,
): Omit<NpyHeader, "byteLength"> {
  const corrupt = () => refuse("has a corrupt header: " + excerpt(text));
  const literal = text.trim();
  if (!literal.startsWith("{") || !literal.endsWith("}")) throw corrupt();
  const body = literal.slice(1, -1).trimEnd();
  const entries = new Map<string, string>();
  for (let at = 0; at < body.length; at++) {
    ENTRY.lastIndex = at;
    const [, , key = "", value = ""] = ENTRY.exec(body) ?? [];
    if (value === "" || entries.has(key)) throw corrupt();
    if (value === "[" || value === "(") {
      throw unimplemented(
        refuse(
          "has elements of a structured type, which tensors do not support",
        ),
      );
    }
    entries.set(key, value);
    at = ENTRY.lastIndex;
    if (at < body.length && body[at] !== ",") throw corrupt();
  }
  const [descr = "", order = "", shape = ""] = KEYS.map((key) =>
    entries.get(key)
  );
  const dims = parseShape(shape);
  if (
    entries.size !== KEYS.length || !/^['"]/.test(descr) ||
    !/^[TF]/.test(order) || dims === undefined
  ) throw corrupt();
  if (dims.length > MAX_RANK) {
    throw refuse(`has more than ${MAX_RANK} dimensions`);
  }
  return {
    descr: descr.slice(1, -1),
    fortranOrder: order === "True",
    shape: dims,
  };
}

// A tuple: `()`, `(2,)`, `(2, 3)`; Python 2 wrote `(2L, 3L)`.
function parseShape(text: string): number[] | undefined {
  if (!text.startsWith("(")) return undefined;
  const items = text.slice(1, -1).split(",").map((item) => item.trim());
  if (items.at(-1) === "") items.pop();
  else if (items.length === 1) return undefined;
  const isDimension = (item: string) =>
    /^\d+L?$/.test(item) && Number.isSafeInteger(parseInt(item));
  return items.every(isDimension)
    ? items.map((item) => parseInt(item))
    : undefined;
}

function excerpt(text: string): string {
  const trimmed = text.trim();
  return JSON.stringify(
    trimmed.length > 200 ? trimmed.slice(0, 200) + "…" : trimmed,
  );
}

/**
 * Converts a failure to UNIMPLEMENTED, for valid but unsupported files.
 *
 * @param error The failure.
 * @param hint The suggested fix.
 */
export function unimplemented(error: IreeError, hint?: string): IreeError {
  return new IreeError("UNIMPLEMENTED", error.detail, { hint });
}

/** NumPy reserves space for a first dimension of this many digits. */
const GROWTH_DIGITS = 21;

/** Alignment of the elements. */
const ALIGNMENT = 64;

/**
 * Creates the header of an array in row-major order, as NumPy does.
 *
 * @param descr NumPy's name of the element type.
 * @param shape Dimensions, outermost first.
 */
export function formatNpyHeader(
  descr: string,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const growth = shape.length === 0
    ? 0
    : GROWTH_DIGITS - String(shape[0]).length;
  const text = `{'descr': '${descr}', 'fortran_order': False, ` +
    `'shape': (${dims}), }${" ".repeat(growth)}`;
  const start = MAGIC.length + 4;
  const unpadded = start + text.length + 1;
  // There is always padding, even if the length is aligned without it.
  const padding = ALIGNMENT - unpadded % ALIGNMENT;
  const bytes = new Uint8Array(unpadded + padding);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, bytes.length - start, true);
  new TextEncoder().encodeInto(
    `${text}${" ".repeat(padding)}\n`,
    bytes.subarray(start),
  );
  return bytes;
}
