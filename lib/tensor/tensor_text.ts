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

/** The parts of IREE's text of a tensor. */
export interface TensorText {
  /** The text of shape and element type: `2x2xf32`. */
  readonly type: string;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
  /** Name of the element type. */
  readonly elementType: string;
  /** The text after `=`; empty where there is none. */
  readonly contents: string;
}

/**
 * Takes the text of a tensor apart.
 *
 * @param text The text, such as `2x2xf32=[1 2][3 4]`.
 * @returns Its parts; throws INVALID_ARGUMENT where it has none.
 */
export function splitTensorText(text: string): TensorText {
  if (typeof text !== "string") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the text of a tensor must be a string, got ${typeof text}`,
    );
  }
  // IREE strips one quote of each end, too.
  const trimmed = text.trim().replace(/^"/, "").replace(/"$/, "");
  const end = trimmed.indexOf("=");
  const type = (end < 0 ? trimmed : trimmed.slice(0, end)).trim();
  const at = type.lastIndexOf("x");
  // Before the x of a scalar, such as `xf32`, is nothing.
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
    { hint: "a tensor is written as in 2x3xf32=1 2 3 4 5 6" },
  );
}

/**
 * Bits of one element.
 *
 * @param elementType Name of the element type, such as `bf16`; IREE knows
 * integers and opaque elements of other sizes too, such as `i24` and `*12`.
 * @returns The bits; throws INVALID_ARGUMENT where it is no element type.
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

/** IREE keeps the bits of an element type in a byte. */
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

// What has no sign of its own takes both ranges, as far as IREE reads it.
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

/** How elements are read that are numbers; all others are hexadecimal bytes. */
const READERS: Readonly<Record<string, NumberReader>> = {
  ...integerReaders(8),
  ...integerReaders(16),
  ...integerReaders(32),
  ...integerReaders(64),
  ...FLOATING_READERS,
  ...smallFloatReaders(),
};

// Any other element is its bytes, from the first one in memory on. A boolean is
// 0 or 1, and nothing else.
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

// Elements that share bytes are written as these, or one of them for all.
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
    `a ${type} is written as its ${byteLength} bytes, got ${words.length} words`,
    {
      hint: `elements of type ${elementType} share bytes; each word is ` +
        `${2 * wordLength} hexadecimal digits`,
    },
  );
}

/**
 * Makes sure that IREE reads the text of a tensor as it is meant: it takes the
 * integer at the beginning of any word, wraps what is too large, and overlooks
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
  // Any other count that is wrong is for IREE to refuse.
  const count = shape.reduce((product, size) => product * size, 1);
  if (words.length !== count && words.length !== 1) return;
  if (isNestedLike(contents, shape)) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `brackets do not match the shape of a ${text.type}`,
    { hint: "a 2x2xi32 is written 1 2 3 4, [[1 2][3 4]] or [1 2][3 4]" },
  );
}
