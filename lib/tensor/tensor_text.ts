import { IreeError } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import { ELEMENT_TYPES, elementTypeInfo } from "./element_type.ts";
import { keepsSize, parseFloatingText } from "./number_text.ts";
import {
  FLOATING_READERS,
  integerReader,
  type NumberReader,
  signedReader,
} from "./scalar_text.ts";
import { isNestedLike } from "./tensor_nesting.ts";

/** The parts of a tensor's text. */
export interface TensorText {
  /** Shape and element type as text: `2x2xf32`. */
  readonly type: string;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** The element type's name. */
  readonly elementType: string;
  /** The text after `=`; empty if there is none. */
  readonly contents: string;
}

/**
 * Splits a tensor's text into its parts.
 *
 * @param text The text, such as `2x2xf32=[1 2][3 4]`.
 * @returns The parts; throws INVALID_ARGUMENT if the text is malformed.
 */
export function splitTensorText(text: string): TensorText {
  if (typeof text !== "string") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the text of a tensor must be a string, got ${typeof text}`,
    );
  }
  // IREE also strips one quote at each end.
  const trimmed = text.trim().replace(/^"/, "").replace(/"$/, "");
  const end = trimmed.indexOf("=");
  const type = (end < 0 ? trimmed : trimmed.slice(0, end)).trim();
  const at = type.lastIndexOf("x");
  // A scalar such as `xf32` has nothing before the x.
  const dimensions = at <= 0 ? [] : type.slice(0, at).split("x");
  return {
    type,
    shape: dimensions.map((it, index) => parseDimension(type, it, index)),
    elementType: type.slice(at + 1),
    contents: end < 0 ? "" : trimmed.slice(end + 1),
  };
}

function parseDimension(type: string, text: string, index: number): number {
  const size = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `invalid shape specification: dimension ${index} of '${type}' is ` +
      `'${text}', not a size`,
    { hint: "write a tensor like 2x3xf32=1 2 3 4 5 6" },
  );
}

/**
 * Returns the bits per element.
 *
 * @param elementType The element type's name, such as `bf16`; IREE also supports
 * integers and opaque elements of other sizes, such as `i24` and `*12`.
 * @returns The bits; throws INVALID_ARGUMENT for unknown types.
 */
export function elementBitCount(elementType: string): number {
  const known = ELEMENT_TYPES.find((it) => it === elementType);
  if (known !== undefined) return elementTypeInfo(known).bitCount;
  const bits = Number(/^(?:[su]?i|\*)(\d+)$/.exec(elementType)?.[1]);
  if (bits > 0 && bits <= MAX_BIT_COUNT) return bits;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `unhandled element type '${elementType}'`,
    { hint: `element types: ${ELEMENT_TYPES.join(", ")}` },
  );
}

/** IREE stores an element type's bits in a byte. */
const MAX_BIT_COUNT = 255;

function smallFloatReaders(): Record<string, NumberReader> {
  const names = ELEMENT_TYPES.filter((name) => name.startsWith("f8"));
  return Object.fromEntries(names.map((name) => {
    const codec = elementTypeInfo(name).codec;
    return [name, {
      get range() {
        return codec?.range ?? "";
      },
      read: (text) => {
        const value = parseFloatingText(text);
        return keepsSize(text, value ?? NaN) && codec?.fits(value)
          ? value
          : undefined;
      },
    }];
  }));
}

// Signless integers accept both ranges, as far as IREE reads them.
function integerReaders(bits: 8 | 16 | 32 | 64): Record<string, NumberReader> {
  const size = 2n ** BigInt(bits);
  return {
    [`i${bits}`]: bits === 64
      ? signedReader(64)
      : integerReader(-size / 2n, size - 1n, bits),
    [`si${bits}`]: signedReader(bits),
    [`ui${bits}`]: integerReader(0n, size - 1n, bits),
  };
}

/** Parsers for elements that are numbers; all others are hexadecimal bytes. */
const READERS: Readonly<Record<string, NumberReader>> = {
  ...integerReaders(8),
  ...integerReaders(16),
  ...integerReaders(32),
  ...integerReaders(64),
  ...FLOATING_READERS,
  ...smallFloatReaders(),
};

// Other elements are hexadecimal bytes in memory order. Booleans must be 0 or
// 1.
function bytesReader(elementType: string): NumberReader {
  const byteCount = Math.ceil(elementBitCount(elementType) / 8);
  const pattern = elementType === "i1"
    ? /^0[01]$/
    : new RegExp(`^[0-9a-f]{${2 * byteCount}}$`, "i");
  return {
    range: elementType === "i1"
      ? "00 or 01"
      : elementBitCount(elementType) % 8 === 0
      ? `${2 * byteCount} hexadecimal digits, the bytes in memory`
      : "packed, and written as the tensor's bytes in memory: words of " +
        `${2 * byteCount} hexadecimal digits`,
    read: (text) => pattern.test(text) ? 0 : undefined,
  };
}

// Packed elements are written as their bytes, or as one byte to repeat.
function checkPacked(
  { elementType, shape, type }: TensorText,
  words: readonly string[],
): void {
  const bitCount = elementBitCount(elementType);
  if (words.length < 2 || bitCount % 8 === 0) return;
  const count = shape.reduce((product, size) => product * size, 1);
  const byteLength = Math.ceil(count * bitCount / 8);
  const wordLength = Math.ceil(bitCount / 8);
  if (words.length * wordLength === byteLength) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a ${type} must have ${byteLength} bytes, got ${words.length} words`,
    {
      hint: `elements of type ${elementType} share bytes; each word is ` +
        `${2 * wordLength} hexadecimal digits`,
    },
  );
}

/**
 * Checks that IREE reads a tensor's text as intended: IREE accepts any word that
 * starts with an integer, wraps large numbers and ignores
 * brackets.
 *
 * @param text The text.
 */
export function checkTensorText(text: TensorText): void {
  const { elementType, contents, shape } = text;
  elementBitCount(elementType);
  const words = contents.split(/[\s,[\]]+/).filter((it) => it !== "");
  const reader = ownValue(READERS, elementType) ?? bytesReader(elementType);
  for (const [index, word] of words.entries()) {
    if (reader.read(word) !== undefined) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `parsing value \`${word}\` of element ${index} as ${elementType}`,
      { hint: `elements of type ${elementType} are ${reader.range}` },
    );
  }
  checkPacked(text, words);
  // IREE rejects all other wrong counts.
  const count = shape.reduce((product, size) => product * size, 1);
  if (words.length !== count && words.length !== 1) return;
  if (isNestedLike(contents, shape)) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `brackets do not match the shape of a ${text.type}`,
    { hint: "write a 2x2xi32 as 1 2 3 4, [[1 2][3 4]] or [1 2][3 4]" },
  );
}
