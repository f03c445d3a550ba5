import { IreeError } from "../base/error.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Limits how much is read from a FlatBuffer, as a multiple of its length. Parts
 * can be referenced repeatedly; more than this is malicious.
 */
const MOST_READ = 16;

/** The bytes that tables refer to, and the remaining read budget. */
class Contents {
  readonly view: DataView<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  #budget: number;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#budget = bytes.length * MOST_READ;
  }

  /** Checks that a range lies within the bytes. */
  check(offset: number, length: number): number {
    if (offset < 0 || offset + length > this.bytes.length) {
      throw corrupt(`an offset points to byte ${offset + length}`);
    }
    return offset;
  }

  u32(offset: number): number {
    return this.view.getUint32(this.check(offset, 4), true);
  }

  /** Follows an offset that is relative to its own position. */
  follow(offset: number): number {
    return offset + this.u32(offset);
  }

  /** Length and start of a vector with elements of a given size. */
  vector(offset: number, size: number): { length: number; start: number } {
    const length = this.u32(offset);
    const start = this.check(offset + 4, length * size);
    this.#budget -= length * size + 4;
    if (this.#budget < 0) throw corrupt("it refers to its parts too often");
    return { length, start };
  }
}

/**
 * A FlatBuffer table. Fields are numbered in schema order, a union counting
 * twice; absent fields have their defaults. All access is bounds-checked: damage
 * throws INVALID_ARGUMENT.
 */
export class FlatTable {
  readonly #contents: Contents;
  readonly #start: number;
  readonly #fields: number;
  readonly #fieldsLength: number;

  private constructor(contents: Contents, start: number) {
    this.#contents = contents;
    this.#start = start;
    contents.check(start, 4);
    this.#fields = start - contents.view.getInt32(start, true);
    contents.check(this.#fields, 4);
    this.#fieldsLength = contents.view.getUint16(this.#fields, true);
    contents.check(this.#fields, this.#fieldsLength);
  }

  /**
   * Reads the root table.
   *
   * @param bytes The FlatBuffer, without a length prefix.
   * @param identifier The four characters of its file identifier.
   */
  static root(bytes: Uint8Array<ArrayBuffer>, identifier: string): FlatTable {
    const contents = new Contents(bytes);
    contents.check(0, 8);
    const actual = decoder.decode(bytes.subarray(4, 8));
    if (actual !== identifier) {
      throw corrupt(`its identifier is not '${identifier}'`);
    }
    return new FlatTable(contents, contents.follow(0));
  }

  /** Whether the field is present. */
  has(field: number): boolean {
    return this.#at(field, 1) !== undefined;
  }

  /** An `int32`, 0 by default. */
  i32(field: number): number {
    const at = this.#at(field, 4);
    return at === undefined ? 0 : this.#contents.view.getInt32(at, true);
  }

  /** A `uint32`, 0 by default. */
  u32(field: number): number {
    const at = this.#at(field, 4);
    return at === undefined ? 0 : this.#contents.u32(at);
  }

  /** A `uint64` within the range of file sizes, 0 by default. */
  u64(field: number): number {
    const at = this.#at(field, 8);
    if (at === undefined) return 0;
    const value = this.#contents.view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw corrupt(`a size of ${value} bytes is too large`);
    }
    return Number(value);
  }

  /** Text, empty by default. */
  string(field: number): string {
    return decoder.decode(this.bytes(field));
  }

  /** A vector of bytes, empty by default. */
  bytes(field: number): Uint8Array<ArrayBuffer> {
    const at = this.#at(field, 4);
    if (at === undefined) return new Uint8Array();
    const contents = this.#contents;
    const { length, start } = contents.vector(contents.follow(at), 1);
    return contents.bytes.subarray(start, start + length);
  }

  /** A table. */
  table(field: number): FlatTable | undefined {
    const at = this.#at(field, 4);
    return at === undefined
      ? undefined
      : new FlatTable(this.#contents, this.#contents.follow(at));
  }

  /** A vector of tables, empty by default. */
  tables(field: number): FlatTable[] {
    const at = this.#at(field, 4);
    if (at === undefined) return [];
    const contents = this.#contents;
    const { length, start } = contents.vector(contents.follow(at), 4);
    return Array.from(
      { length },
      (_, index) => new FlatTable(contents, contents.follow(start + 4 * index)),
    );
  }

  /** A `uint8`, 0 by default. */
  u8(field: number): number {
    const at = this.#at(field, 1);
    return at === undefined ? 0 : this.#contents.view.getUint8(at);
  }

  /** A `uint64` of any size, 0 by default. */
  bigU64(field: number): bigint {
    const at = this.#at(field, 8);
    return at === undefined ? 0n : this.#contents.view.getBigUint64(at, true);
  }

  /** The bytes of a vector of structures or numbers with a given size. */
  records(field: number, size: number): DataView<ArrayBuffer> {
    const at = this.#at(field, 4);
    if (at === undefined) return new DataView(new ArrayBuffer(0));
    const contents = this.#contents;
    const { length, start } = contents.vector(contents.follow(at), size);
    const { buffer, byteOffset } = contents.bytes;
    return new DataView(buffer, byteOffset + start, length * size);
  }

  /**
   * One table of a vector, such as that of a union, in which not all elements
   * are tables.
   */
  tableAt(field: number, index: number): FlatTable {
    const at = this.#at(field, 4);
    if (at === undefined) throw corrupt("a vector is missing");
    const contents = this.#contents;
    const vector = contents.follow(at);
    if (index >= contents.u32(vector)) throw corrupt("a vector is too short");
    return new FlatTable(contents, contents.follow(vector + 4 + 4 * index));
  }

  /** The number of elements in a vector. */
  count(field: number): number {
    const at = this.#at(field, 4);
    return at === undefined ? 0 : this.#contents.u32(this.#contents.follow(at));
  }

  /** The position of a field with a given size, if present. */
  #at(field: number, size: number): number | undefined {
    const entry = 4 + 2 * field;
    if (entry + 2 > this.#fieldsLength) return undefined;
    const { view } = this.#contents;
    const offset = view.getUint16(this.#fields + entry, true);
    if (offset === 0) return undefined;
    return this.#contents.check(this.#start + offset, size);
  }
}

function corrupt(what: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `FlatBuffer verification failed: ${what}`,
  );
}
