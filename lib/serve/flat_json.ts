import type {
  TypedArray,
  TypedArrayConstructor,
} from "../tensor/element_type.ts";
import type { DataType } from "./data_type.ts";
import { readNumbers } from "./number_text.ts";

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
const LAST_ASCII = 0x7f;

/** Shorter arrays are parsed as fast with the rest. */
const SHORTEST = 64;

/** The most bytes besides the arrays. */
const MOST_OTHERS = 4096;

const TEXT = new TextDecoder();

/** What an array is replaced by: a text that needs a backslash in JSON. */
const MARK = "\0";

/** Types of numbers that JSON has, with their arrays. */
const ARRAYS: ReadonlyMap<unknown, TypedArrayConstructor> = new Map<
  DataType,
  TypedArrayConstructor
>([
  ["UINT8", Uint8Array],
  ["UINT16", Uint16Array],
  ["UINT32", Uint32Array],
  ["UINT64", BigUint64Array],
  ["INT8", Int8Array],
  ["INT16", Int16Array],
  ["INT32", Int32Array],
  ["INT64", BigInt64Array],
  ["FP32", Float32Array],
  ["FP64", Float64Array],
]);

/** JSON whose long arrays of numbers are not parsed yet. */
interface Cut {
  /** The JSON, with a mark in place of each array. */
  readonly text: string;
  /** Where the arrays are, without their brackets. */
  readonly arrays: readonly (readonly [start: number, end: number])[];
}

/** An input of a request, before it was checked. */
interface Input {
  readonly datatype?: unknown;
  readonly shape?: unknown;
  data?: unknown;
}

/**
 * Parses a request for inference whose tensors are long arrays of numbers, without
 * a value for each number.
 *
 * @param bytes The JSON in UTF-8.
 * @param parse Parses JSON.
 * @returns The request, with typed arrays for those inputs; `undefined` if JSON.parse
 * must read it, and find out what is wrong with it.
 */
export function parseFlat(
  bytes: Uint8Array,
  parse: (text: string) => unknown,
): unknown {
  const cut = cutArrays(bytes);
  if (cut === undefined) return undefined;
  let request: { readonly inputs?: unknown } | null;
  try {
    request = parse(cut.text) as typeof request;
  } catch {
    return undefined;
  }
  const inputs = request?.inputs;
  if (!Array.isArray(inputs)) return undefined;
  let count = 0;
  for (const input of inputs as (Input | null)[]) {
    const data = input?.data;
    if (typeof data !== "string" || !data.startsWith(MARK)) continue;
    const [start, end] = cut.arrays[Number(data.slice(MARK.length))]!;
    const array = readTensor(input!, bytes, start, end);
    if (array === undefined) return undefined;
    input!.data = array;
    count++;
  }
  return count === cut.arrays.length ? request : undefined;
}

function cutArrays(bytes: Uint8Array): Cut | undefined {
  const arrays: [number, number][] = [];
  let text = "";
  let kept = 0;
  let others = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH || byte > LAST_ASCII) return undefined;
    if (++others > MOST_OTHERS) return undefined;
    if (byte === QUOTE) isText = !isText;
    if (byte !== OPENING || isText || !startsNumber(bytes[at + 1])) continue;
    const end = bytes.indexOf(CLOSING, at + 1);
    if (end - at < SHORTEST) continue;
    text += `${TEXT.decode(bytes.subarray(kept, at))}"\\u0000${arrays.length}"`;
    arrays.push([at + 1, end]);
    at = end;
    kept = end + 1;
  }
  if (arrays.length === 0) return undefined;
  return { text: text + TEXT.decode(bytes.subarray(kept)), arrays };
}

function startsNumber(byte: number | undefined): boolean {
  return byte === MINUS || (byte !== undefined && byte >= ZERO && byte <= NINE);
}

function readTensor(
  { datatype, shape }: Input,
  bytes: Uint8Array,
  start: number,
  end: number,
): TypedArray | undefined {
  const type = ARRAYS.get(datatype);
  if (type === undefined || !Array.isArray(shape)) return undefined;
  const count = shape.reduce(
    (product, dim) => Number.isSafeInteger(dim) ? product * dim : NaN,
    1,
  );
  // A digit and a comma for each number, but for the comma of the last.
  if (!(count > 0 && count <= (end - start + 1) / 2)) return undefined;
  const isSingle = type === Float32Array;
  const numbers = isSingle ? new Float32Array(count) : new Float64Array(count);
  if (!readNumbers(bytes, start, end, numbers)) return undefined;
  const isFloat = isSingle || type === Float64Array;
  return isFloat ? numbers : toIntegers(numbers, type);
}

function toIntegers(
  numbers: Float32Array | Float64Array,
  type: TypedArrayConstructor,
): TypedArray | undefined {
  const integers = new type(numbers.length);
  const is64 = type === BigInt64Array || type === BigUint64Array;
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at]!;
    if (!Number.isSafeInteger(value)) return undefined;
    integers[at] = is64 ? BigInt(value) : value;
    if (Number(integers[at]) !== value) return undefined;
  }
  return integers;
}
