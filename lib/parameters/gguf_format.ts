import { IreeError } from "../base/error.ts";
import type { BinaryFile } from "../files/binary_file.ts";
import { NO_METADATA, type ParameterEntry } from "./entry.ts";
import { align } from "./irpa_format.ts";

// A header, pairs of keys and values, and what there is to know of each tensor,
// all of variable length; then the tensors' contents, aligned.

/** `GGUF`, as a little-endian u32. */
const MAGIC = 0x46554747;

const VERSIONS = { min: 2, max: 3 } as const;

const DEFAULT_ALIGNMENT = 32;
const ALIGNMENT_KEY = "general.alignment";

/** No key or name is longer. */
const MAX_NAME_LENGTH = 65535;

/** Numbers of the types of values whose length varies, and of u32. */
const VALUE_TYPES = { uint32: 4, string: 8, array: 9 } as const;

/** Sizes of values in bytes, by the number of their type. */
const VALUE_SIZES: readonly number[] = [
  ...[1, 1, 2, 2, 4, 4, 4, 1],
  ...[0, 0], // string and array
  ...[8, 8, 8],
];

/** How many elements a block has and how many bytes, by the type's number. */
const TENSOR_TYPES: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 4], // F32
  1: [1, 2], // F16
  2: [32, 18], // Q4_0
  3: [32, 20], // Q4_1
  6: [32, 22], // Q5_0
  7: [32, 24], // Q5_1
  8: [32, 34], // Q8_0
  9: [32, 36], // Q8_1
  10: [256, 84], // Q2_K
  11: [256, 110], // Q3_K
  12: [256, 144], // Q4_K
  13: [256, 176], // Q5_K
  14: [256, 210], // Q6_K
  15: [256, 292], // Q8_K
  16: [256, 66], // IQ2_XXS
  17: [256, 74], // IQ2_XS
  18: [256, 98], // IQ3_XXS
  19: [256, 50], // IQ1_S
  20: [32, 18], // IQ4_NL
  21: [256, 110], // IQ3_S
  22: [256, 82], // IQ2_S
  23: [256, 136], // IQ4_XS
  24: [1, 1], // I8
  25: [1, 2], // I16
  26: [1, 4], // I32
  27: [1, 8], // I64
  28: [1, 8], // F64
  29: [256, 56], // IQ1_M
  30: [1, 2], // BF16
  34: [256, 54], // TQ1_0
  35: [256, 66], // TQ2_0
  39: [32, 17], // MXFP4
};

interface Tensor {
  readonly key: string;
  readonly byteLength: number;
  /** Where the contents begin, from the first tensor's. */
  readonly offset: number;
}

/**
 * Reads the entries of a GGUF file.
 *
 * @param file The file.
 * @returns The entries in their order.
 */
export function parseGguf(file: BinaryFile): ParameterEntry[] {
  const reader = new GgufReader(file);
  const { tensorCount, pairCount } = reader.header();
  // Such a file has no contents, and may end before they would be aligned.
  if (tensorCount === 0) return [];
  let alignment = DEFAULT_ALIGNMENT;
  for (let i = 0; i < pairCount; i++) {
    alignment = reader.pair() ?? alignment;
  }
  const tensors: Tensor[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(reader.tensor());
  const start = align(reader.at, alignment);
  return tensors.map(({ key, byteLength, offset }) => {
    file.check(start + offset, byteLength, `tensor '${key}'`);
    return {
      key,
      byteLength,
      metadata: NO_METADATA,
      storage: "file",
      path: file.path,
      offset: start + offset,
    };
  });
}

class GgufReader {
  /** Where the next thing is. */
  at = 0;
  readonly #file: BinaryFile;

  constructor(file: BinaryFile) {
    this.#file = file;
  }

  header(): { readonly tensorCount: number; readonly pairCount: number } {
    if (this.#u32("the header") !== MAGIC) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `'${this.#file.path}' is no GGUF file: GGUF file magic missing`,
        { hint: "its format is told by the extension of its name" },
      );
    }
    const version = this.#u32("the version");
    if (version < VERSIONS.min || version > VERSIONS.max) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `'${this.#file.path}': GGUF format version ${version} is ` +
          `unsupported, only ${VERSIONS.min} and ${VERSIONS.max} are not`,
      );
    }
    const tensorCount = this.#u64("the number of tensors");
    const pairCount = this.#u64("the number of key-value pairs");
    return { tensorCount, pairCount };
  }

  /** Skips a pair, and returns the alignment if it is that. */
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
    throw this.#file.corrupt(`'${key}' is ${alignment}, no power of two`);
  }

  tensor(): Tensor {
    const key = this.#name("the name of a tensor");
    const rank = this.#u32(`the rank of '${key}'`);
    this.#file.check(this.at, rank * 8, `the shape of '${key}'`);
    let elements = 1;
    for (let i = 0; i < rank; i++) {
      elements *= this.#u64(`the shape of '${key}'`);
      if (elements > Number.MAX_SAFE_INTEGER) {
        throw this.#file.corrupt(`'${key}' has more elements than any file`);
      }
    }
    const type = this.#u32(`the type of '${key}'`);
    const offset = this.#u64(`the offset of '${key}'`);
    return { key, byteLength: this.#byteLength(key, type, elements), offset };
  }

  #byteLength(key: string, type: number, elements: number): number {
    if (!Object.hasOwn(TENSOR_TYPES, type)) {
      throw new IreeError(
        "UNIMPLEMENTED",
        `'${this.#file.path}': tensor '${key}' is of GGML tensor type ` +
          `${type}, which is not supported`,
      );
    }
    const [blockLength, blockBytes] = TENSOR_TYPES[type];
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

  #skipArray(key: string): void {
    const type = this.#u32(`the type of the elements of '${key}'`);
    const count = this.#u64(`the number of elements of '${key}'`);
    if (type !== VALUE_TYPES.string) {
      const size = this.#sizeOf(type, key);
      this.#skip(count * size, `'${key}'`);
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
