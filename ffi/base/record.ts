import { IreeError } from "./error.ts";
import { arrayOf, toBigint, uncurry } from "./intrinsics.ts";
import { decode } from "./text.ts";
import { bufferOf, byteOffsetOf, lengthOf } from "./typed_array.ts";

const { getUint32, getBigUint64, setUint32 } = DataView.prototype;
const readU32 = uncurry(getUint32);
const readU64 = uncurry(getBigUint64);
const writeU32 = uncurry(setUint32);
/** `Uint8Array.prototype.set` */
export const setBytes: (
  target: Uint8Array,
  from: Uint8Array,
  at: number,
) => void = uncurry(
  Uint8Array.prototype.set as (
    this: Uint8Array,
    from: Uint8Array,
    at: number,
  ) => void,
);

const toNumber = Number;
const MAX_SAFE = toBigint(Number.MAX_SAFE_INTEGER);

/** Reads a packed record, as defined in `iree_ffi.h`. */
export class RecordReader {
  readonly #buffer: ArrayBuffer;
  readonly #start: number;
  readonly #view: DataView<ArrayBuffer>;
  #offset = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#buffer = bufferOf(bytes);
    this.#start = byteOffsetOf(bytes);
    this.#view = new DataView(
      this.#buffer,
      this.#start,
      lengthOf(bytes),
    );
  }

  u32(): number {
    const value = readU32(this.#view, this.#offset, true);
    this.#offset += 4;
    return value;
  }

  /** Reads a u64 as a number; throws if it is too large. */
  u64(): number {
    const value = readU64(this.#view, this.#offset, true);
    this.#offset += 8;
    return toSafeNumber(value);
  }

  /** Reads a u64 as a number; `undefined` if it is larger than any memory. */
  u64OrUnlimited(): number | undefined {
    const value = readU64(this.#view, this.#offset, true);
    this.#offset += 8;
    return value > MAX_SAFE ? undefined : toNumber(value);
  }

  string(): string {
    const length = this.u32();
    const start = this.#start + this.#offset;
    this.#offset += length;
    return decode(new Uint8Array(this.#buffer, start, length));
  }

  /** Reads a count and that many items. */
  list<T>(read: () => T): T[] {
    return arrayOf(this.u32(), read);
  }
}

/**
 * Packs a count and strings, as defined in `iree_ffi.h`.
 *
 * @param count The leading count.
 * @param strings The encoded strings.
 * @returns The record.
 */
export function packStrings(
  count: number,
  strings: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let length = 4;
  for (let i = 0; i < strings.length; i++) length += 4 + lengthOf(strings[i]);
  const record = new Uint8Array(length);
  const view = new DataView(bufferOf(record));
  writeU32(view, 0, count, true);
  let offset = 4;
  for (let i = 0; i < strings.length; i++) {
    const bytes = strings[i]!;
    writeU32(view, offset, lengthOf(bytes), true);
    setBytes(record, bytes, offset + 4);
    offset += 4 + lengthOf(bytes);
  }
  return record;
}

/** Joins the parts of a record. */
export function concatenate(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += lengthOf(parts[i]);
  const record = new Uint8Array(length);
  let offset = 0;
  for (let i = 0; i < parts.length; i++) {
    setBytes(record, parts[i]!, offset);
    offset += lengthOf(parts[i]);
  }
  return record;
}

/**
 * Converts a native 64-bit size to a number.
 *
 * @param value The size.
 * @returns The same size as a number.
 */
export function toSafeNumber(value: bigint): number {
  if (value > MAX_SAFE) {
    throw new IreeError("OUT_OF_RANGE", `size ${value} is beyond 2^53`);
  }
  return toNumber(value);
}
