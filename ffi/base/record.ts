import { IreeError } from "./error.ts";
import { decoder } from "./text.ts";

/** Reads a packed record, as defined in `iree_ffi.h`. */
export class RecordReader {
  readonly #view: DataView<ArrayBuffer>;
  #offset = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u32(): number {
    const value = this.#view.getUint32(this.#offset, true);
    this.#offset += 4;
    return value;
  }

  /** Reads a u64 as a number; throws if it is too large. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#offset, true);
    this.#offset += 8;
    return toSafeNumber(value);
  }

  /** Reads a u64 as a number; `undefined` if it is larger than any memory. */
  u64OrUnlimited(): number | undefined {
    const value = this.#view.getBigUint64(this.#offset, true);
    this.#offset += 8;
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
  }

  string(): string {
    const length = this.u32();
    const { buffer, byteOffset } = this.#view;
    const start = byteOffset + this.#offset;
    this.#offset += length;
    return decoder.decode(new Uint8Array(buffer, start, length));
  }

  /** Reads a count and that many items. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
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
  const length = strings.reduce((sum, bytes) => sum + 4 + bytes.length, 4);
  const record = new Uint8Array(length);
  const view = new DataView(record.buffer);
  view.setUint32(0, count, true);
  let offset = 4;
  for (const bytes of strings) {
    view.setUint32(offset, bytes.length, true);
    record.set(bytes, offset + 4);
    offset += 4 + bytes.length;
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
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new IreeError("OUT_OF_RANGE", `size ${value} is beyond 2^53`);
  }
  return Number(value);
}
