/**
 * Elements of lists as they cross to native code and back.
 *
 * @module
 */

/** A type of scalars of the VM. */
export type ScalarType = "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

/**
 * What an element is: an `iree_vm_value_type_t`, or from `reference` on a
 * reference of the kind that is added to it; `reference` itself is null.
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

/** Elements: 8 bytes each, of which a scalar fills the first, and a tag each. */
export class ListElements {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tags: Uint8Array<ArrayBuffer>;
  readonly #i8: Int8Array<ArrayBuffer>;
  readonly #i16: Int16Array<ArrayBuffer>;
  readonly #i32: Int32Array<ArrayBuffer>;
  readonly #i64: BigInt64Array<ArrayBuffer>;
  readonly #f32: Float32Array<ArrayBuffer>;
  readonly #f64: Float64Array<ArrayBuffer>;

  /** @param capacity Elements that there is room for. */
  constructor(readonly capacity: number) {
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

  /** Reads an element that is a scalar; the index is below the capacity. */
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

  /** Makes an element a number of a type that it fits. */
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
        this.#i64[index] = BigInt(value);
        break;
      case "f32":
        this.#f32[2 * index] = value;
        break;
      case "f64":
        this.#f64[index] = value;
        break;
    }
  }

  /** Makes an element an i64. */
  setBigint(index: number, value: bigint): void {
    this.tags[index] = Tag.i64;
    this.#i64[index] = value;
  }

  /** Makes an element a reference of a kind; of kind 0, null. */
  setReference(index: number, kind: number): void {
    this.tags[index] = Tag.reference + kind;
  }
}

/** Elements that are kept at most: a megabyte. */
const MAX_KEPT = 1 << 17;

let kept: ListElements | undefined;

/** Room for elements, with whatever was in it before. */
export function takeElements(count: number): ListElements {
  const elements = kept;
  if (elements === undefined || elements.capacity < count) {
    return new ListElements(count);
  }
  // Nobody else gets it until it is given back.
  kept = undefined;
  return elements;
}

/** Keeps room for who next needs some. */
export function giveElementsBack(elements: ListElements): void {
  if (elements.capacity <= MAX_KEPT) kept = elements;
}
