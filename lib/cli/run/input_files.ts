import {
  type BufferView,
  type Device,
  type ElementType,
  type Instance,
  IreeError,
} from "../../../mod.ts";
import { NpyFile } from "../../npy/mod.ts";
import { tensorByteLength } from "../../tooling/mod.ts";
import { checkInputFile } from "../common/input_file.ts";
import { asFileError } from "./file_error.ts";
import { RawFile } from "./raw_file.ts";

/**
 * The files that inputs are read from, by path. Each keeps its position, where
 * the next input starts. NumPy files are recognized by name.
 */
export class InputFiles implements Disposable {
  readonly #memory: Device | Instance;
  readonly #arrays = new Map<string, NpyFile>();
  readonly #raw = new Map<string, RawFile>();

  /**
   * Creates an empty set of files.
   *
   * @param memory The device for tensors, or an instance.
   */
  constructor(memory: Device | Instance) {
    this.#memory = memory;
  }

  /**
   * Reads the next array of a NumPy file. As in `iree-run-module`, integers keep
   * NumPy's signedness.
   *
   * @param path The file.
   * @param isAppend Whether to continue where the last input ended.
   */
  readArray(path: string, isAppend: boolean): BufferView {
    const file = this.#arrayFile(path, isAppend);
    if (file.ended) throw new IreeError("OUT_OF_RANGE", "end-of-file");
    const { elementType } = file.peek();
    const isInteger = /^i\d\d?$/.test(elementType) && elementType !== "i1";
    return file.readTensor(
      this.#memory,
      isInteger ? `s${elementType}` as ElementType : elementType,
    );
  }

  /**
   * Returns whether all arrays of a NumPy file have been read.
   *
   * @param path The file.
   */
  isEnded(path: string): boolean {
    return this.#arrayFile(path, true).ended;
  }

  /**
   * Reads a tensor of a known shape and element type: an array of a NumPy file,
   * which must match, or the bytes of any other file.
   *
   * @param type Shape and element type as text.
   * @param path The file.
   * @param isAppend Whether to continue where the last input ended.
   */
  readTensor(type: string, path: string, isAppend: boolean): BufferView {
    if (!path.endsWith(".npy")) {
      return this.#rawFile(path, isAppend).readTensor(this.#memory, type);
    }
    const file = this.#arrayFile(path, isAppend);
    if (file.ended) throw new IreeError("OUT_OF_RANGE", "end-of-file");
    const wanted = splitType(type);
    const actual = file.peek();
    const isSame = sameType(actual.elementType, wanted.elementType) &&
      actual.shape.join("x") === wanted.shape;
    if (isSame) return file.readTensor(this.#memory, wanted.elementType);
    const found = [...actual.shape, actual.elementType].join("x");
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the array in '${path}' must be ${type}, got ${found}`,
      { hint: `for the array as it is, write ${isAppend ? "+" : "@"}${path}` },
    );
  }

  /** Throws if a file has bytes left over. */
  checkEnds(): void {
    for (const file of this.#raw.values()) file.checkEnd();
    // The arrays that were read must be followed by another one.
    for (const file of this.#arrays.values()) if (!file.ended) file.peek();
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    for (const file of this.#arrays.values()) file.dispose();
    for (const file of this.#raw.values()) file[Symbol.dispose]();
  }

  #arrayFile(path: string, isAppend: boolean): NpyFile {
    const opened = this.#arrays.get(path);
    if (opened !== undefined && isAppend) return opened;
    opened?.dispose();
    const file = openArrays(path);
    this.#arrays.set(path, file);
    return file;
  }

  #rawFile(path: string, isAppend: boolean): RawFile {
    const file = this.#raw.get(path) ?? new RawFile(path);
    this.#raw.set(path, file);
    if (!isAppend) file.rewind();
    return file;
  }
}

function openArrays(path: string): NpyFile {
  checkInputFile(path);
  try {
    return NpyFile.open(path);
  } catch (error) {
    const cause = error instanceof IreeError ? error.cause : undefined;
    throw cause === undefined ? error : asFileError(cause, path);
  }
}

interface TypeParts {
  readonly shape: string;
  readonly elementType: ElementType;
}

function splitType(type: string): TypeParts {
  // Rejects text that is not a type.
  tensorByteLength(type);
  const parts = type.trim().split("x").map((it) => it.trim());
  const elementType = parts.pop() as ElementType;
  const shape = parts.filter((it) => it !== "").map(Number).join("x");
  return { shape, elementType };
}

// Programs use NumPy's signed and unsigned integers alike as i32 and so on.
function sameType(actual: string, wanted: string): boolean {
  const bare = (type: string) => type.replace(/^[su](?=i\d)/, "");
  return actual === wanted ||
    (bare(actual) === bare(wanted) && /^i\d/.test(bare(actual)));
}
