import { arrayOf } from "../../ffi/base/intrinsics.ts";
import { byteLengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import {
  createList,
  formatList,
  getListReference,
  listElementType,
  listSize,
  readList,
  resizeList,
  setListReference,
  writeList,
} from "../../ffi/list.ts";
import {
  giveElementsBack,
  Tag,
  takeElements,
} from "../../ffi/list_elements.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyIterable, toName, toSize } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import {
  type Facts,
  PlainText,
  preview,
  PREVIEW_LENGTH,
} from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { SCALARS, type ScalarType } from "../tensor/scalar.ts";
import {
  isObject,
  labelOf,
  listToJson,
  unwrapObject,
  type Value,
  wrapObject,
} from "./value.ts";

/** Options for creating a list. */
export interface ListOptions {
  /** Element type; if omitted, the list accepts any element. */
  elementType?: ScalarType | undefined;
  /** Number of elements to allocate for. */
  capacity?: number | undefined;
}

/**
 * A `!vm.list`: values in order, of one type or of any.
 *
 * In a list of any type, a JavaScript number is stored as f64 and a `bigint` as
 * i64 without loss, unless the call names another type.
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
   * @param options Element type and capacity.
   */
  static create(instance: Instance, options?: ListOptions): List {
    const { elementType, capacity = 0 } = readOptions(options, OPTIONS);
    if (elementType !== undefined) {
      checkScalarType("element type", elementType);
    }
    const room = toSize("capacity", capacity);
    return new List(createList(handleOf(instance), elementType, room));
  }

  /**
   * Creates a list of values.
   *
   * @param instance The instance.
   * @param values The values.
   * @param elementType Element type; if omitted, the list accepts any element.
   */
  static from(
    instance: Instance,
    values: Iterable<Value>,
    elementType?: ScalarType,
  ): List {
    return List.fromHandle(handleOf(instance), values, elementType);
  }

  /**
   * Creates a list of values for the handle of an instance.
   *
   * @param instance The instance.
   * @param values The values.
   * @param elementType Element type.
   * @internal
   */
  static fromHandle(
    instance: Handle,
    values: Iterable<Value>,
    elementType?: ScalarType,
  ): List {
    if (typedArrayName(values) !== undefined) {
      byteLengthOf(values, refuseElements);
    }
    const elements = copyIterable("values", values, checkElement);
    if (elementType !== undefined) {
      checkScalarType("element type", elementType);
    }
    const list = new List(createList(instance, elementType, elements.length));
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
   * Type name of the elements, such as `i32` or `vm.buffer`; `undefined` for a
   * list of any type.
   */
  get elementType(): string | undefined {
    return listElementType(handleOf(this)) || undefined;
  }

  /**
   * Reads an element.
   *
   * @param ordinal Index of the element, from 0.
   * @returns Its value; the caller must dispose an object.
   */
  get(ordinal: number): Value {
    return this.#read(toSize("ordinal", ordinal), 1)[0]!;
  }

  /**
   * Replaces an element.
   *
   * @param ordinal Index of the element, from 0.
   * @param value The value; the caller still owns an object.
   * @param type Type to store a number as.
   */
  set(ordinal: number, value: Value, type?: ScalarType): void {
    this.#write(toSize("ordinal", ordinal), [value], type);
  }

  /**
   * Appends an element.
   *
   * @param value The value; the caller still owns an object.
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
   * Truncates the list or extends it, with zeros for a scalar type and nulls
   * otherwise.
   *
   * @param size New number of elements.
   */
  resize(size: number): void {
    resizeList(handleOf(this), toSize("size", size));
  }

  /** Reads all elements; the caller must dispose objects. */
  toArray(): Value[] {
    return this.#read(0, this.size);
  }

  /** Iterates over the current elements. */
  [Symbol.iterator](): IterableIterator<Value> {
    return this.toArray().values();
  }

  /**
   * Formats the elements as `iree-run-module` prints results.
   *
   * @param name Name of the elements, as in `result[0]: i32=7`.
   * @param maxElementCount Maximum number of elements of a tensor to print.
   */
  format(name = "list", maxElementCount = 1024): string {
    const count = toSize("maxElementCount", maxElementCount);
    return formatList(handleOf(this), name, count);
  }

  /**
   * Returns the elements for `JSON.stringify`, with tensors and lists as
   * arrays. Throws OUT_OF_RANGE for numbers that JSON cannot represent, and
   * UNIMPLEMENTED for other objects.
   */
  override toJSON(): readonly unknown[] {
    return listToJson(this);
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      elementType: () => this.elementType,
      size: () => this.size,
      elements: () => this.#preview(),
    };
  }

  #preview(): unknown[] {
    const { size } = this;
    using stack = new DisposableStack();
    const elements = this.#read(0, Math.min(size, PREVIEW_LENGTH));
    for (const it of elements) if (isObject(it)) stack.use(it);
    return preview(
      elements.map((it) => isObject(it) ? new PlainText(labelOf(it)) : it),
      size,
    );
  }

  #read(start: number, count: number): Value[] {
    const handle = handleOf(this);
    const elements = readList(handle, start, count);
    const { tags } = elements;
    const values = arrayOf<Value>(count, (at) => {
      const tag = tags[at]!;
      if (tag < Tag.reference) return elements.scalar(at);
      if (tag === Tag.reference) return null;
      const kind = tag - Tag.reference;
      return wrapObject(getListReference(handle, start + at, kind));
    });
    giveElementsBack(elements);
    return values;
  }

  #write(start: number, values: readonly Value[], type?: ScalarType): void {
    if (type !== undefined) checkScalarType("type", type);
    const handle = handleOf(this);
    const elements = takeElements(values.length);
    const storedType = type ?? this.#scalarType();
    const numberType = storedType ?? "f64";
    const bigintType = storedType ?? "i64";
    const numberScalar = SCALARS[numberType];
    const bigintScalar = SCALARS[bigintType];
    const objects = new Map<number, Handle>();
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === null) {
        elements.setReference(i, 0);
      } else if (typeof value === "number") {
        if (!numberScalar.fits(value)) throw misfit(i, value, numberType);
        elements.setNumber(i, numberType, value);
      } else if (typeof value === "bigint") {
        // Fits only an i64.
        if (!bigintScalar.fits(value)) throw misfit(i, value, bigintType);
        elements.setBigint(i, value);
      } else {
        const object = unwrapElement(i, value);
        elements.setReference(i, object.kind);
        objects.set(start + i, object);
      }
    }
    writeList(handle, start, values.length, elements);
    giveElementsBack(elements);
    for (const [ordinal, object] of objects) {
      setListReference(handle, ordinal, object);
    }
  }

  #scalarType(): ScalarType | undefined {
    const type = this.elementType;
    return type !== undefined && type in SCALARS
      ? type as ScalarType
      : undefined;
  }
}

function refuseElements(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `the array of elements ${problem}`);
}

const OPTIONS: OptionNames<ListOptions> = { elementType: true, capacity: true };

function checkScalarType(what: string, type: ScalarType): void {
  toName(what, type, Object.keys(SCALARS) as ScalarType[]);
}

function misfit(index: number, value: Value, type: ScalarType): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `element ${index} must be ${type} (${SCALARS[type].range}), got ` +
      describeValue(value),
  );
}

// Checks each value as it is read, since the iterable may be endless.
function checkElement(value: unknown, index: number): void {
  if (value === null) return;
  if (typeof value === "number" || typeof value === "bigint") return;
  unwrapElement(index, value);
}

function unwrapElement(index: number, value: unknown): Handle {
  const object = unwrapObject(value);
  if (object !== undefined) return object;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `element ${index} must be a number, a bigint, an object of the VM or ` +
      `null, got ${describeValue(value)}`,
  );
}
