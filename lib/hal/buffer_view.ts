import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import {
  type BufferViewDescription,
  describeBufferView,
  formatBufferView,
  readBufferView,
  writeBufferView,
} from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { allocateArray } from "../base/allocate.ts";
import { checkByteCount, toSize } from "../base/checks.ts";
import { quoteValue } from "../base/message_values.ts";
import { displayBy, type Facts } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { displayTensor } from "../tensor/display.ts";
import type { TensorElements } from "../tensor/element_arrays.ts";
import {
  type AnyTypedArray,
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
  elementTypeOfCode,
  type TypedArray,
} from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { jsonForm } from "../tensor/json_form.ts";
import { ndArray } from "../tensor/nd_array.ts";
import { checkNesting, decodeNested } from "../tensor/nested_array.ts";
import { sizeOfShape } from "../tensor/shape.ts";
import type {
  NdArray,
  NestedArray,
  TensorData,
} from "../tensor/tensor_data.ts";
import { elementBitCount } from "../tensor/tensor_text.ts";
import { BufferMapping } from "./buffer_mapping.ts";
import {
  type BufferViewOptions,
  mergeShape,
  type ShapeOrOptions,
} from "./buffer_view_options.ts";
import type { Device } from "./device.ts";
import { deviceNamesOf } from "./device_names.ts";
import { checkWritten, elementOffset } from "./element_access.ts";
import { importArray, makeAlignedArray } from "./imported_array.ts";
import { copyTensor, zeroTensor } from "./new_tensor.ts";
import { previewTensor, readElements } from "./tensor_preview.ts";

/**
 * A `!hal.buffer_view`: a tensor on a device, that is, a buffer with a shape
 * and an element type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BufferView, Device, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]), [2, 2]);
 * assertEquals(view.elementType, "f32");
 * assertEquals(view.format(), "2x2xf32=[1 2][3 4]");
 * assertEquals(view.toNestedArray(), [[1, 2], [3, 4]]);
 * using half = BufferView.from(device, [0.5, 2], { elementType: "bf16" });
 * assertEquals(half.toNestedArray(), [0.5, 2]);
 * ```
 */
export class BufferView extends NativeObject {
  #description: BufferViewDescription | undefined;
  readonly #knownInfo: ElementTypeInfo | undefined;
  readonly #knownByteLength: number | undefined;

  /**
   * Takes ownership of a handle; use {@linkcode BufferView.from}.
   *
   * @param handle The handle.
   * @param code Number of the element type, if known.
   * @param byteLength Length of the contents, if known.
   * @internal
   */
  constructor(handle: Handle, code?: number, byteLength?: number) {
    super(handle);
    this.#knownInfo = code === undefined ? undefined : elementTypeOfCode(code);
    this.#knownByteLength = byteLength;
  }

  /**
   * Creates a tensor with a copy of data.
   *
   * @param memory The device to allocate on, or the instance for host memory,
   * for programs without devices.
   * @param data The elements, in row-major order.
   * @param options Element type and shape.
   * @returns The view; throws INVALID_ARGUMENT if data, shape and type do not
   * match, or a number does not fit.
   */
  static from(
    memory: Device | Instance,
    data: TensorData,
    options?: BufferViewOptions,
  ): BufferView;
  /**
   * Creates a tensor with a copy of data, with the shape as an argument.
   *
   * @param memory The device, or the instance.
   * @param data The elements, in row-major order.
   * @param shape Dimensions, outermost first.
   * @param options Element type.
   */
  static from(
    memory: Device | Instance,
    data: TensorData,
    shape: readonly number[] | undefined,
    options?: BufferViewOptions,
  ): BufferView;
  static from(
    memory: Device | Instance,
    data: TensorData,
    shapeOrOptions?: ShapeOrOptions,
    rest?: BufferViewOptions,
  ): BufferView {
    const options = mergeShape(shapeOrOptions, rest);
    const created = copyTensor(memory, data, options);
    return new BufferView(created.handle, created.code, created.byteLength);
  }

  /**
   * Creates a tensor of zeros, whose contents can be written in pieces.
   *
   * @param memory The device, or the instance, as for {@linkcode
   * BufferView.from}.
   * @param elementType Element type.
   * @param shape Dimensions, outermost first, `[]` for a scalar.
   * @returns The view; throws RESOURCE_EXHAUSTED if memory is exhausted.
   */
  static zeros(
    memory: Device | Instance,
    elementType: ElementType,
    shape: readonly number[],
  ): BufferView {
    return new BufferView(zeroTensor(memory, elementType, shape));
  }

  /**
   * Creates a tensor over an array's memory, without a copy. The tensor takes
   * ownership of the memory: all arrays over it are empty from then on.
   *
   * Devices require aligned memory: create the array with {@linkcode
   * BufferView.alignedArray}. Not available in workers, whose memory is freed
   * when they are terminated, even if it is in use.
   *
   * @param memory The device, or the instance, as for {@linkcode
   * BufferView.from}.
   * @param array The elements, in row-major order, over their own memory.
   * @param options Element type and shape.
   * @returns The view. Throws INVALID_ARGUMENT if array, shape and type do not
   * match or the array is not aligned, or the device's failure if it cannot use
   * host memory. The array is unchanged then.
   */
  static import(
    memory: Device | Instance,
    array: AnyTypedArray,
    options?: BufferViewOptions,
  ): BufferView;
  /**
   * Creates a tensor over an array's memory, with the shape as an argument.
   *
   * @param memory The device, or the instance.
   * @param array The elements, in row-major order.
   * @param shape Dimensions, outermost first.
   * @param options Element type.
   */
  static import(
    memory: Device | Instance,
    array: AnyTypedArray,
    shape: readonly number[] | undefined,
    options?: BufferViewOptions,
  ): BufferView;
  static import(
    memory: Device | Instance,
    array: AnyTypedArray,
    shapeOrOptions?: ShapeOrOptions,
    rest?: BufferViewOptions,
  ): BufferView {
    const options = mergeShape(shapeOrOptions, rest);
    const created = importArray(memory, array, options);
    return new BufferView(created.handle, created.code, created.byteLength);
  }

  /**
   * Allocates an array that {@linkcode BufferView.import} accepts on every
   * device that uses host memory.
   *
   * @typeParam Name Name of the element type.
   * @param instance The instance.
   * @param elementType Element type.
   * @param length Length of the array, which is filled with zeros.
   */
  static alignedArray<Name extends ElementType>(
    instance: Instance,
    elementType: Name,
    length: number,
  ): TensorElements[Name]["array"] {
    handleOf(instance);
    return makeAlignedArray(elementType, length);
  }

  get #described(): BufferViewDescription {
    return this.#description ??= describeBufferView(handleOf(this));
  }

  /**
   * Name of the element type; as IREE prints it if it is not supported here.
   */
  get elementType(): ElementType {
    return this.#knownInfo?.name ?? this.#described.elementType as ElementType;
  }

  /** Dimensions, outermost first; empty for a scalar. */
  get shape(): readonly number[] {
    return this.#described.shape;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOfShape(this.shape);
  }

  /** Length of the contents in bytes. */
  get byteLength(): number {
    return this.#knownByteLength ?? this.#described.byteLength;
  }

  /**
   * Copies all elements into a new array of the element type's class. That is a
   * `Uint8Array` for `i1` and 8-bit floats, a `Uint16Array` of bits for `bf16`,
   * pairs of real and imaginary parts for complex numbers, and packed bytes for
   * 4-bit types.
   *
   * @returns The elements in row-major order.
   */
  toTypedArray(): TypedArray {
    const handle = handleOf(this);
    const array = arrayFor(this.#info(), this.byteLength);
    readBufferView(handle, 0, array);
    return array;
  }

  /**
   * Copies all elements into numbers, nested by dimension: a `bigint` for a
   * 64-bit integer, a pair for a complex number.
   *
   * @returns The nested arrays; only the number for a scalar. Throws
   * UNIMPLEMENTED for elements smaller than a byte, and RESOURCE_EXHAUSTED for
   * more than 2^25 numbers.
   */
  toNestedArray(): NestedArray {
    const info = this.#info();
    if (info.codec === undefined) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `elements of type ${info.name} are packed; toTypedArray returns them packed`,
      );
    }
    const { shape } = this;
    checkNesting(shape, info.components);
    return decodeNested(this.toTypedArray(), info, info.codec, shape);
  }

  /** Copies the tensor into JavaScript memory. */
  toNdArray(): NdArray {
    const data = this.toTypedArray();
    return ndArray(this.#info().name, this.shape, data);
  }

  /** Copies the contents as raw bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const handle = handleOf(this);
    const bytes = allocateArray(Uint8Array, this.byteLength);
    readBufferView(handle, 0, bytes);
    return bytes;
  }

  /**
   * Copies elements into an existing array, without allocating.
   *
   * @param target Target of a class that fits the element type; its length is
   * the number of elements to copy.
   * @param start First element to copy, in entries of the array.
   */
  read(target: AnyTypedArray, start = 0): void {
    const handle = handleOf(this);
    readBufferView(handle, elementOffset(this.#info(), target, start), target);
  }

  /**
   * Copies an array over elements of the tensor. Programs that use the tensor
   * see the change.
   *
   * @param source The elements, in an array of a class that fits their type.
   * @param start First element to replace, in entries of the array.
   */
  write(source: AnyTypedArray, start = 0): void {
    const handle = handleOf(this);
    const offset = elementOffset(this.#info(), source, start);
    checkWritten(this.elementType, source);
    writeBufferView(handle, offset, source);
  }

  /**
   * Copies raw contents into existing memory, without allocating.
   *
   * @param target The target; its length is the number of bytes to copy.
   * @param offset First byte to copy.
   */
  readBytes(target: Uint8Array<ArrayBufferLike>, offset = 0): void {
    const handle = handleOf(this);
    checkByteCount("offset", offset);
    readBufferView(handle, offset, bytesOf(target, "target"));
  }

  /**
   * Copies raw bytes over contents of the tensor. Programs that use the tensor
   * see the change.
   *
   * @param source The bytes.
   * @param offset First byte to replace.
   */
  writeBytes(source: Bytes, offset = 0): void {
    const handle = handleOf(this);
    checkByteCount("offset", offset);
    const bytes = bytesOf(source, "source");
    checkWritten(this.elementType, bytes);
    writeBufferView(handle, offset, bytes);
  }

  /**
   * Maps the tensor's memory as an array, without a copy. A separate step,
   * since it needs unrestricted `--allow-ffi`.
   *
   * @returns The mapping, which you must dispose; throws PERMISSION_DENIED
   * without that permission, and FAILED_PRECONDITION if the host cannot access
   * the memory.
   */
  map(): BufferMapping;
  /**
   * Maps memory with a known element type, which determines the array's class.
   *
   * @typeParam Name Name of the element type.
   * @param elementType The type; throws INVALID_ARGUMENT if the tensor has
   * another.
   */
  map<Name extends ElementType>(
    elementType: Name,
  ): BufferMapping<TensorElements[Name]["array"]>;
  map(elementType?: ElementType): BufferMapping {
    const info = this.#info();
    if (elementType !== undefined && elementType !== info.name) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `the elements of the tensor are of type ${info.name}, not ` +
          quoteValue(elementType),
      );
    }
    return new BufferMapping(handleOf(this), info, this.byteLength);
  }

  /**
   * Formats shape, type and contents like IREE: `2x2xi32=[1 2][3 4]`.
   *
   * @param maxElementCount Maximum number of elements to print.
   * @returns The text; throws UNIMPLEMENTED for elements that share bytes.
   */
  format(maxElementCount = 1024): string {
    const count = toSize("maxElementCount", maxElementCount);
    const { elementType } = this;
    if (this.size > 1 && elementBitCount(elementType) % 8 !== 0) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `elements of type ${elementType} are packed, which IREE cannot print`,
        { hint: "toBytes returns them unchanged" },
      );
    }
    return formatBufferView(handleOf(this), count);
  }

  /**
   * Returns the elements as nested arrays, for `JSON.stringify`. Throws
   * OUT_OF_RANGE for elements that JSON cannot represent: NaN, infinities, and
   * integers beyond 2^53.
   */
  override toJSON(): NestedArray {
    return jsonForm(this.toNestedArray());
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      elementType: () => this.elementType,
      shape: () => this.shape,
      device: () => deviceNamesOf(handleOf(this)),
      data: () =>
        previewTensor(
          handleOf(this),
          this.#info(),
          this.size,
          this.byteLength,
        ),
    };
  }

  static {
    displayBy<BufferView>(BufferView.prototype, function () {
      const text = Deno.inspect(this);
      if (this.disposed) return { "text/plain": text };
      return displayTensor({
        elementType: this.elementType,
        shape: this.shape,
        text,
        elements: (start, count) =>
          readElements(handleOf(this), this.#info(), start, count),
        bytes: () => this.toBytes(),
      });
    });
  }

  #info(): ElementTypeInfo {
    return this.#knownInfo ?? elementTypeInfo(this.elementType);
  }
}
