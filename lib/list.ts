import { IreeError } from "./error.ts";
import {
  createList,
  ElementBuffer,
  formatList,
  getListReference,
  listElementType,
  listSize,
  readList,
  REFERENCE_TAG,
  resizeList,
  SCALAR_TYPES,
  setListReference,
  writeList,
} from "../ffi/list.ts";
import type { Instance } from "./instance.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import { SCALARS, type ScalarType } from "./scalar.ts";
import { checkSize } from "./size.ts";
import {
  describeValue,
  unwrapObject,
  type Value,
  wrapObject,
} from "./value.ts";

/** How a list is created. */
export interface ListOptions {
  /** Type of all elements; left out, the list takes anything. */
  elementType?: ScalarType;
  /** Elements to have room for. */
  capacity?: number;
}

/**
 * A `!vm.list`: values in order, of one type or of any.
 *
 * In a list of anything a JavaScript number is stored as f64 and a `bigint` as
 * i64, which lose nothing, unless the call names another type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, List } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using list = List.from(instance, [1.5, 2n, null]);
 * list.push(7, "i32");
 * assertEquals(list.size, 4);
 * assertEquals(list.get(3), 7);
 * ```
 */
export class List extends NativeObject {
  /**
   * Creates an empty list.
   *
   * @param instance The instance.
   * @param options Element type and room.
   */
  static create(instance: Instance, options: ListOptions = {}): List {
    const { elementType, capacity = 0 } = options;
    if (elementType !== undefined && !Object.hasOwn(SCALARS, elementType)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `unknown element type '${elementType}'; it can be ` +
          Object.keys(SCALARS).join(", "),
      );
    }
    checkSize("capacity", capacity);
    return new List(createList(handleOf(instance), elementType, capacity));
  }

  /**
   * Creates a list of values.
   *
   * @param instance The instance.
   * @param values The values.
   * @param elementType Type of all elements; left out, the list takes anything.
   */
  static from(
    instance: Instance,
    values: Iterable<Value>,
    elementType?: ScalarType,
  ): List {
    const elements = Array.from(values);
    const list = List.create(instance, {
      elementType,
      capacity: elements.length,
    });
    try {
      list.resize(elements.length);
      list.#write(0, elements, elementType);
    } catch (error) {
      list.dispose();
      throw error;
    }
    return list;
  }

  /** Number of elements. */
  get size(): number {
    return listSize(handleOf(this));
  }

  /**
   * Name of the type of all elements, such as `i32` or `vm.buffer`;
   * `undefined` for a list of anything.
   */
  get elementType(): string | undefined {
    return listElementType(handleOf(this)) || undefined;
  }

  /**
   * Reads an element.
   *
   * @param ordinal Which one, from 0.
   * @returns Its value; an object is the caller's to dispose.
   */
  get(ordinal: number): Value {
    checkSize("ordinal", ordinal);
    return this.#read(ordinal, 1)[0];
  }

  /**
   * Replaces an element.
   *
   * @param ordinal Which one, from 0.
   * @param value The value; an object stays the caller's too.
   * @param type Type to store a number as.
   */
  set(ordinal: number, value: Value, type?: ScalarType): void {
    checkSize("ordinal", ordinal);
    this.#write(ordinal, [value], type);
  }

  /**
   * Appends an element.
   *
   * @param value The value; an object stays the caller's too.
   * @param type Type to store a number as.
   */
  push(value: Value, type?: ScalarType): void {
    const size = this.size;
    this.resize(size + 1);
    try {
      this.set(size, value, type);
    } catch (error) {
      this.resize(size);
      throw error;
    }
  }

  /**
   * Cuts the list or grows it, with zeros where it has a scalar type and nulls
   * elsewhere.
   *
   * @param size New number of elements.
   */
  resize(size: number): void {
    checkSize("size", size);
    resizeList(handleOf(this), size);
  }

  /** Reads all elements; objects are the caller's to dispose. */
  toArray(): Value[] {
    return this.#read(0, this.size);
  }

  /** Iterates over the elements that there are now. */
  [Symbol.iterator](): IterableIterator<Value> {
    return this.toArray().values();
  }

  /**
   * Formats the elements as `iree-run-module` prints results.
   *
   * @param name What the elements are called, as in `result[0]: i32=7`.
   * @param maxElementCount How many elements of a tensor to print at most.
   */
  format(name = "list", maxElementCount = 1024): string {
    checkSize("maxElementCount", maxElementCount);
    return formatList(handleOf(this), name, maxElementCount);
  }

  #read(start: number, count: number): Value[] {
    const handle = handleOf(this);
    const elements = readList(handle, start, count);
    return Array.from(elements.tags, (tag, index) => {
      if (tag === REFERENCE_TAG) return null;
      if (tag > REFERENCE_TAG) {
        const kind = tag - REFERENCE_TAG;
        return wrapObject(getListReference(handle, start + index, kind));
      }
      return SCALARS[SCALAR_TYPES[tag] as ScalarType]
        .read(elements.view, 8 * index);
    });
  }

  #write(start: number, values: readonly Value[], type?: ScalarType): void {
    const handle = handleOf(this);
    const elements = new ElementBuffer(values.length);
    const storedType = type ?? this.#scalarType();
    for (const [index, value] of values.entries()) {
      writeElement(elements, index, value, storedType);
    }
    writeList(handle, start, elements);
    for (const [index, value] of values.entries()) {
      if (elements.tags[index] < REFERENCE_TAG) continue;
      setListReference(handle, start + index, unwrapObject(value) ?? null);
    }
  }

  #scalarType(): ScalarType | undefined {
    const type = this.elementType;
    return type !== undefined && type in SCALARS
      ? type as ScalarType
      : undefined;
  }
}

function writeElement(
  elements: ElementBuffer,
  index: number,
  value: Value,
  type: ScalarType | undefined,
): void {
  if (typeof value === "number" || typeof value === "bigint") {
    const storedType = type ?? (typeof value === "bigint" ? "i64" : "f64");
    const scalar = Object.hasOwn(SCALARS, storedType)
      ? SCALARS[storedType]
      : undefined;
    if (scalar === undefined || !scalar.fits(value)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `element ${index}: wanted ${storedType} (${scalar?.range}), given ` +
          describeValue(value),
      );
    }
    scalar.write(elements.view, 8 * index, value);
    elements.tags[index] = SCALAR_TYPES.indexOf(storedType);
    return;
  }
  const object = unwrapObject(value);
  if (value !== null && object === undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `element ${index}: wanted a number, a bigint, an object of the VM or ` +
        `null, given ${describeValue(value)}`,
    );
  }
  elements.tags[index] = REFERENCE_TAG + (object?.kind ?? 0);
}
