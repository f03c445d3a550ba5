import { toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { toPath } from "../base/permissions.ts";
import { type FileSource, openSource } from "../files/byte_source.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Device } from "../hal/device.ts";
import {
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
  isCompatible,
} from "../tensor/element_type.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { readPieces, type StoredElements } from "./elements.ts";
import { type NpyOptions, rawInfoOf } from "./options.ts";
import { readNdArray, readStoredArray } from "./stored_array.ts";

/** The type and shape of an array in a `.npy` file. */
export interface NpyArrayInfo {
  /** The element type. */
  readonly elementType: ElementType;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
}

/**
 * An open `.npy` file, whose arrays are read one after the other. Tensors are
 * read in pieces, so that memory holds their elements only once.
 *
 * @example
 * ```ts ignore
 * import { Device, Instance } from "@iree/runtime";
 * import { NpyFile } from "@iree/runtime/npy";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-task");
 * using file = NpyFile.open("weights.npy");
 * while (!file.ended) {
 *   using view = file.readTensor(device);
 *   console.log(view.shape);
 * }
 * ```
 */
export class NpyFile implements Disposable {
  readonly #path: string;
  readonly #source: FileSource;
  readonly #raw: ElementTypeInfo | undefined;
  #offset = 0;
  #count = 0;
  #isOpen = true;

  private constructor(path: string, options: NpyOptions | undefined) {
    this.#path = toText("path", path);
    this.#raw = rawInfoOf(options);
    this.#source = openSource(path);
  }

  /**
   * Opens a file. Needs `--allow-read` for it.
   *
   * @param path Path or `file:` URL.
   * @param options Information that the file lacks.
   * @returns The file, which the caller must dispose; throws NOT_FOUND if it does
   * not exist, INVALID_ARGUMENT if it is not a regular file, and UNAVAILABLE if
   * it cannot be read.
   */
  static open(path: string | URL, options?: NpyOptions): NpyFile {
    return new NpyFile(toPath(path), options);
  }

  /** Whether all arrays have been read. An empty file has none. */
  get ended(): boolean {
    return this.#opened().byteLength <= this.#offset;
  }

  /**
   * Reads the next array's type and shape.
   *
   * @returns Its type and shape; throws what `decodeNpy` throws, and
   * OUT_OF_RANGE after the last array.
   */
  peek(): NpyArrayInfo {
    const { info, shape } = this.#next();
    return { elementType: info.name, shape };
  }

  /**
   * Reads the next array.
   *
   * @returns The array; throws what `peek` throws.
   */
  read(): NdArray {
    const elements = this.#next();
    const array = readNdArray(this.#opened(), elements);
    this.#advance(elements);
    return array;
  }

  /**
   * Reads the next array into a tensor.
   *
   * @param memory The device for the tensor, or the instance for host memory, as
   * programs without a device use it.
   * @param elementType The tensor's element type, which may differ in sign from
   * NumPy's; by default the type that `peek` returns.
   * @returns The tensor, which the caller must dispose; throws what `peek`
   * throws, and INVALID_ARGUMENT for elements of another type.
   */
  readTensor(memory: Device | Instance, elementType?: ElementType): BufferView {
    const elements = this.#next();
    const { info, shape, refuse } = elements;
    const wanted = elementType ?? info.name;
    if (!isCompatible(info, elementTypeInfo(wanted))) {
      throw refuse(`must have elements of type ${wanted}, got ${info.name}`);
    }
    const view = this.#makeTensor(memory, elements, wanted, shape);
    this.#advance(elements);
    return view;
  }

  /** Closes the file; closing it again has no effect. */
  dispose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#source[Symbol.dispose]();
  }

  /** Closes the file at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #makeTensor(
    memory: Device | Instance,
    elements: StoredElements,
    elementType: ElementType,
    shape: readonly number[],
  ): BufferView {
    const source = this.#opened();
    if (elements.fortranOrder) {
      const { data } = readNdArray(source, elements);
      return BufferView.from(memory, { elementType, shape, data });
    }
    const view = BufferView.zeros(memory, elementType, shape);
    try {
      readPieces(source, elements, (piece, at) => view.writeBytes(piece, at));
    } catch (error) {
      view.dispose();
      throw error;
    }
    return view;
  }

  #opened(): FileSource {
    if (this.#isOpen) return this.#source;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `'${this.#path}' was closed: the NpyFile was disposed`,
    );
  }

  #next(): StoredElements {
    const source = this.#opened();
    if (this.#count > 0 && this.ended) {
      throw new IreeError(
        "OUT_OF_RANGE",
        `'${this.#path}' ends after ${this.#count} arrays`,
      );
    }
    const place = `'${this.#path}': array ${this.#count}, from byte ` +
      `${this.#offset}, `;
    return readStoredArray(
      source,
      this.#offset,
      this.#raw,
      (problem) => new IreeError("INVALID_ARGUMENT", place + problem),
    );
  }

  #advance({ start, byteLength }: StoredElements): void {
    this.#offset = start + byteLength;
    this.#count++;
  }
}

/**
 * Reads the arrays in a `.npy` file, as `decodeNpy` does. Needs
 * `--allow-read` for it.
 *
 * @example
 * ```ts ignore
 * import { BufferView, Device, Instance } from "@iree/runtime";
 * import { readNpy } from "@iree/runtime/npy";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-task");
 * const [image] = readNpy("image.npy");
 * using view = BufferView.from(device, image);
 * ```
 *
 * @param path Path or `file:` URL of a regular file.
 * @param options Information that the file lacks.
 * @returns The arrays in order, at least one; throws what `NpyFile.open` and
 * `decodeNpy` throw.
 */
export function readNpy(
  path: string | URL,
  options?: NpyOptions,
): NdArray[] {
  using file = NpyFile.open(path, options);
  const arrays: NdArray[] = [];
  do arrays.push(file.read()); while (!file.ended);
  return arrays;
}
