/**
 * List elements in their native representation.
 *
 * @module
 */

import { toBigint } from "./base/intrinsics.ts";
import { byteLengthOf } from "./base/typed_array.ts";

/** A scalar type of the VM. */
export type ScalarType = "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

/**
 * Tags of elements: an `iree_vm_value_type_t`, or `reference` plus the kind of
 * a reference; `reference` itself is null.
 */
export const Tag = {
  i8: 1,
  i16: 2,
  i32: 3,
  i64: 4,
  f32: 5,
  f64: 6,
  reference: 16,
} as const;

const { min } = Math;

/** Elements: 8 bytes and a tag each; a scalar uses the first bytes. */
export class ListElements {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tags: Uint8Array<ArrayBuffer>;
  readonly #i8: Int8Array<ArrayBuffer>;
  readonly #i16: Int16Array<ArrayBuffer>;
  readonly #i32: Int32Array<ArrayBuffer>;
  readonly #i64: BigInt64Array<ArrayBuffer>;
  readonly #f32: Float32Array<ArrayBuffer>;
  readonly #f64: Float64Array<ArrayBuffer>;

  /** @param capacity Maximum number of elements. */
  constructor(capacity: number) {
    const buffer = new ArrayBuffer(8 * capacity);
    this.bytes = new Uint8Array(buffer);
    this.tags = new Uint8Array(capacity);
    this.#i8 = new Int8Array(buffer);
    this.#i16 = new Int16Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#i64 = new BigInt64Array(buffer);
    this.#f32 = new Float32Array(buffer);
    this.#f64 = new Float64Array(buffer);
  }

  /** Maximum number of elements. */
  get capacity(): number {
    return min(byteLengthOf(this.tags), byteLengthOf(this.bytes) / 8);
  }

  /** Reads a scalar element; the index must be below the capacity. */
  scalar(index: number): number | bigint {
    switch (this.tags[index]) {
      case Tag.i8:
        return this.#i8[8 * index]!;
      case Tag.i16:
        return this.#i16[4 * index]!;
      case Tag.i32:
        return this.#i32[2 * index]!;
      case Tag.i64:
        return this.#i64[index]!;
      case Tag.f32:
        return this.#f32[2 * index]!;
      default:
        return this.#f64[index]!;
    }
  }

  /** Stores a number of a type that it fits. */
  setNumber(index: number, type: ScalarType, value: number): void {
    this.tags[index] = Tag[type];
    switch (type) {
      case "i8":
        this.#i8[8 * index] = value;
        break;
      case "i16":
        this.#i16[4 * index] = value;
        break;
      case "i32":
        this.#i32[2 * index] = value;
        break;
      case "i64":
        this.#i64[index] = toBigint(value);
        break;
      case "f32":
        this.#f32[2 * index] = value;
        break;
      case "f64":
        this.#f64[index] = value;
        break;
    }
  }

  /** Stores an i64. */
  setBigint(index: number, value: bigint): void {
    this.tags[index] = Tag.i64;
    this.#i64[index] = value;
  }

  /** Stores a reference of a kind; kind 0 is null. */
  setReference(index: number, kind: number): void {
    this.tags[index] = Tag.reference + kind;
  }
}

/** Maximum number of elements to keep: one megabyte. */
const MAX_KEPT = 1 << 17;

let kept: ListElements | undefined;

/** Takes a buffer for elements; its contents are undefined. */
export function takeElements(count: number): ListElements {
  const elements = kept;
  if (elements === undefined || elements.capacity < count) {
    return new ListElements(count);
  }
  // Not reusable until it is returned.
  kept = undefined;
  return elements;
}

/** Returns a buffer for reuse. */
export function giveElementsBack(elements: ListElements): void {
  if (elements.capacity <= MAX_KEPT) kept = elements;
}
