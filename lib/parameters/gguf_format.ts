import { IreeError } from "../base/error.ts";
import type { BinaryFile } from "../files/binary_file.ts";
import { GGUF_I8, GGUF_TYPES } from "./gguf_types.ts";

// A header, key-value pairs, and a description of each tensor, all of variable
// length; then the aligned contents of the tensors.

/** `GGUF`, as a little-endian u32. */
const MAGIC = 0x46554747;

const VERSIONS = { min: 2, max: 3 } as const;

const ALIGNMENT_KEY = "general.alignment";

/** Maximum length of a key or name. */
const MAX_NAME_LENGTH = 65535;

/** Type numbers of values with variable length, and of u32. */
const VALUE_TYPES = { uint32: 4, string: 8, array: 9 } as const;

/** Sizes of values in bytes, by type number. */
const VALUE_SIZES: readonly number[] = [
  ...[1, 1, 2, 2, 4, 4, 4, 1],
  ...[0, 0], // string and array
  ...[8, 8, 8],
];

/** How deep arrays of a value that is read can be nested. */
const MAX_DEPTH = 8;

/** Readers of values with a fixed size, by type number. */
const READERS: readonly ((view: DataView, little: boolean) => GgufScalar)[] = [
  (view) => view.getUint8(0),
  (view) => view.getInt8(0),
  (view, little) => view.getUint16(0, little),
  (view, little) => view.getInt16(0, little),
  (view, little) => view.getUint32(0, little),
  (view, little) => view.getInt32(0, little),
  (view, little) => view.getFloat32(0, little),
  (view) => view.getUint8(0) !== 0,
  ...new Array(2).fill(() => 0), // string and array
  (view, little) => view.getBigUint64(0, little),
  (view, little) => view.getBigInt64(0, little),
  (view, little) => view.getFloat64(0, little),
];

/** A value of a GGUF file's metadata that is not an array. */
export type GgufScalar = number | bigint | boolean | string;

/** A value of a GGUF file's metadata. */
export type GgufValue = GgufScalar | readonly GgufValue[];

/** The description of a tensor. */
export interface GgufTensor {
  /** Its name. */
  readonly key: string;
  /** Number of its type. */
  readonly type: number;
  /** Dimensions, innermost first, as in the file. */
  readonly sizes: readonly number[];
  /** Omitted if the type is unknown. */
  readonly byteLength: number | undefined;
  /** Offset of the contents from those of the first tensor. */
  readonly offset: number;
  /** Why the contents cannot be read, if so. */
  readonly problem: string | undefined;
}

/** Reads a GGUF file from its start, one item after another. */
export class GgufReader {
  /** Offset of the next item. */
  at = 0;
  #file: BinaryFile;
  #isBigEndian = false;

  constructor(file: BinaryFile) {
    this.#file = file;
  }

  /** Reads the header: its counts. */
  header(): { readonly tensorCount: number; readonly pairCount: number } {
    if (this.#u32("the header") !== MAGIC) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `'${this.#file.path}' is not a GGUF file: GGUF file magic missing`,
        { hint: "the extension of a file's name must be that of its format" },
      );
    }
    this.#checkVersion();
    const tensorCount = this.#u64("the number of tensors");
    const pairCount = this.#u64("the number of key-value pairs");
    return { tensorCount, pairCount };
  }

  // A big-endian file differs from the version on, which is a small number.
  #checkVersion(): void {
    const at = this.at;
    let version = this.#u32("the version");
    if (version % 2 ** 16 === 0) {
      this.#isBigEndian = true;
      this.#file = this.#file.bigEndian();
      this.at = at;
      version = this.#u32("the version");
    }
    if (version >= VERSIONS.min && version <= VERSIONS.max) return;
    throw new IreeError(
      "UNIMPLEMENTED",
      `'${this.#file.path}': GGUF format version ${version} is not supported; ` +
        `${VERSIONS.min} and ${VERSIONS.max} are`,
    );
  }

  /** Skips a pair, and returns the value if it is the alignment. */
  pair(): number | undefined {
    const key = this.#name("a key");
    const type = this.#u32(`the type of '${key}'`);
    if (key !== ALIGNMENT_KEY) {
      this.#skipValue(type, key);
      return undefined;
    }
    if (type !== VALUE_TYPES.uint32) {
      throw this.#file.corrupt(`'${key}' is not a uint32`);
    }
    const alignment = this.#u32(`'${key}'`);
    if (alignment > 0 && Number.isInteger(Math.log2(alignment))) {
      return alignment;
    }
    throw this.#file.corrupt(
      `'${key}' must be a power of two, got ${alignment}`,
    );
  }

  /** Reads a pair with its value. */
  keyValue(): readonly [string, GgufValue] {
    const key = this.#name("a key");
    const type = this.#u32(`the type of '${key}'`);
    return [key, this.#value(type, key, 0)];
  }

  #value(type: number, key: string, depth: number): GgufValue {
    if (type === VALUE_TYPES.string) {
      const length = this.#u64(`the length of '${key}'`);
      const text = this.#file.text(this.at, length, `'${key}'`);
      this.at += length;
      return text;
    }
    if (type !== VALUE_TYPES.array) {
      const size = this.#sizeOf(type, key);
      const bytes = this.#file.bytes(this.at, size, `'${key}'`);
      this.at += size;
      return READERS[type]!(new DataView(bytes.buffer), !this.#isBigEndian);
    }
    if (depth === MAX_DEPTH) {
      throw this.#file.corrupt(
        `'${key}' has arrays nested deeper than ${depth}`,
      );
    }
    const elementType = this.#u32(`the type of the elements of '${key}'`);
    const count = this.#u64(`the number of elements of '${key}'`);
    // Every element has at least a byte.
    this.#file.check(this.at, count, `'${key}'`);
    const values: GgufValue[] = [];
    for (let i = 0; i < count; i++) {
      values.push(this.#value(elementType, key, depth + 1));
    }
    return values;
  }

  /** Reads the description of a tensor. */
  tensor(): GgufTensor {
    const key = this.#name("the name of a tensor");
    const rank = this.#u32(`the rank of '${key}'`);
    this.#file.check(this.at, rank * 8, `the shape of '${key}'`);
    const sizes: number[] = [];
    let elements = 1;
    for (let i = 0; i < rank; i++) {
      const size = this.#u64(`the shape of '${key}'`);
      sizes.push(size);
      elements *= size;
      if (elements > Number.MAX_SAFE_INTEGER) {
        throw this.#file.corrupt(`'${key}' has more elements than any file`);
      }
    }
    const type = this.#u32(`the type of '${key}'`);
    const offset = this.#u64(`the offset of '${key}'`);
    const layout = Object.hasOwn(GGUF_TYPES, type)
      ? GGUF_TYPES[type]
      : undefined;
    if (layout === undefined) {
      const problem = `GGML tensor type ${type} is not supported`;
      return { key, type, sizes, byteLength: undefined, offset, problem };
    }
    const byteLength = this.#byteLength(key, layout, elements);
    const problem = this.#isBigEndian && type !== GGUF_I8
      ? "the file is big-endian; gguf_convert_endian.py of llama.cpp converts it"
      : undefined;
    return { key, type, sizes, byteLength, offset, problem };
  }

  #byteLength(
    key: string,
    [blockLength, blockBytes]: readonly [number, number],
    elements: number,
  ): number {
    const byteLength = elements / blockLength * blockBytes;
    if (elements % blockLength === 0 && Number.isSafeInteger(byteLength)) {
      return byteLength;
    }
    throw this.#file.corrupt(
      `'${key}' has ${elements} elements, not whole blocks of ${blockLength}`,
    );
  }

  #skipValue(type: number, key: string): void {
    if (type === VALUE_TYPES.string) {
      this.#skip(this.#u64(`the length of '${key}'`), `'${key}'`);
    } else if (type === VALUE_TYPES.array) {
      this.#skipArray(key);
    } else {
      this.#skip(this.#sizeOf(type, key), `'${key}'`);
    }
  }

  // Arrays can be nested as deep as the file is long.
  #skipArray(key: string): void {
    const counts = [1];
    for (let left = counts.pop(); left !== undefined; left = counts.pop()) {
      if (left === 0) continue;
      counts.push(left - 1);
      const type = this.#u32(`the type of the elements of '${key}'`);
      const count = this.#u64(`the number of elements of '${key}'`);
      if (type === VALUE_TYPES.array) counts.push(count);
      else this.#skipElements(type, count, key);
    }
  }

  #skipElements(type: number, count: number, key: string): void {
    if (type !== VALUE_TYPES.string) {
      this.#skip(count * this.#sizeOf(type, key), `'${key}'`);
      return;
    }
    for (let i = 0; i < count; i++) {
      this.#skip(this.#u64(`an element of '${key}'`), `an element of '${key}'`);
    }
  }

  #sizeOf(type: number, key: string): number {
    const size = VALUE_SIZES[type] ?? 0;
    if (size > 0) return size;
    throw this.#file.corrupt(`'${key}' has values of unknown type ${type}`);
  }

  #name(what: string): string {
    const length = this.#u64(`the length of ${what}`);
    if (length > MAX_NAME_LENGTH) {
      throw this.#file.corrupt(`${what} has ${length} bytes`);
    }
    const text = this.#file.text(this.at, length, what);
    this.at += length;
    return text;
  }

  #skip(length: number, what: string): void {
    this.#file.check(this.at, length, what);
    this.at += length;
  }

  #u32(what: string): number {
    const value = this.#file.u32(this.at, what);
    this.at += 4;
    return value;
  }

  #u64(what: string): number {
    const value = this.#file.u64(this.at, what);
    this.at += 8;
    return value;
  }
}
