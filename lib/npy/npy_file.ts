import { type FileSource, openSource } from "../files/byte_source.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { toPath } from "../base/permissions.ts";
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

/** What an array in a `.npy` file is, without its elements. */
export interface NpyArrayInfo {
  /** Type of the elements. */
  readonly elementType: ElementType;
  /** Dimensions, outermost first. */
  readonly shape: readonly number[];
}

/**
 * An open `.npy` file, whose arrays are read one after the other. Tensors are
 * read from it in pieces, so that their elements are in memory once.
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

  private constructor(path: string, options: NpyOptions) {
    this.#path = path;
    this.#raw = rawInfoOf(options);
    this.#source = openSource(path);
  }

  /**
   * Opens a file. Needs `--allow-read` for it.
   *
   * @param path Path or `file:` URL.
   * @param options What the file does not say.
   * @returns The file, to be disposed; throws NOT_FOUND when the file is
   * missing, INVALID_ARGUMENT when it is not a regular one, and UNAVAILABLE when it
   * cannot be read.
   */
  static open(path: string | URL, options: NpyOptions = {}): NpyFile {
    return new NpyFile(toPath(path), options);
  }

  /** Whether all arrays were read. An empty file has none. */
  get ended(): boolean {
    return this.#opened().byteLength <= this.#offset;
  }

  /**
   * Reads what the next array is.
   *
   * @returns Its type and shape; throws what `decodeNpy` throws, OUT_OF_RANGE
   * when all arrays were read.
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
   * @param memory The device that the tensor is on, or the instance: host
   * memory, for programs that use no device.
   * @param elementType Type of the tensor's elements, which can have another
   * sign than NumPy says; left out, the type that `peek` returns.
   * @returns The tensor, to be disposed; throws what `peek` throws, and
   * INVALID_ARGUMENT when the elements are of another type.
   */
  readTensor(memory: Device | Instance, elementType?: ElementType): BufferView {
    const elements = this.#next();
    const { info, shape, refuse } = elements;
    const wanted = elementType ?? info.name;
    if (!isCompatible(info, elementTypeInfo(wanted))) {
      throw refuse(`has elements of type ${info.name}, not ${wanted}`);
    }
    const view = this.#makeTensor(memory, elements, wanted, shape);
    this.#advance(elements);
    return view;
  }

  /** Closes the file. Doing it again does nothing. */
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
 * @param options What the file does not say.
 * @returns The arrays in order, at least one; throws what `NpyFile.open` and
 * `decodeNpy` throw.
 */
export function readNpy(
  path: string | URL,
  options: NpyOptions = {},
): NdArray[] {
  using file = NpyFile.open(path, options);
  const arrays: NdArray[] = [];
  do arrays.push(file.read()); while (!file.ended);
  return arrays;
}
