import { badRequest } from "../http_errors.ts";

/** How a field's value is encoded. */
export const WIRE: {
  readonly VARINT: 0;
  readonly FIXED64: 1;
  readonly BYTES: 2;
  readonly FIXED32: 5;
} = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 };

const TWO_32 = 2 ** 32;

/** Reads the fields of a protobuf message. Bytes are not copied. */
export class WireReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;
  /** The high 32 bits of the number that was read last. */
  #high = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether all fields were read. */
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Reads the number of the next field, and how its value is encoded. */
  tag(): readonly [number: number, type: number] {
    const tag = this.#low();
    if (this.#high !== 0 || tag < 8) throw malformed("a field has no number");
    return [tag >>> 3, tag & 7];
  }

  /** Reads an unsigned integer of 32 bits; higher bits are dropped. */
  uint32(): number {
    return this.#low();
  }

  /** Reads a signed integer of 32 bits. */
  int32(): number {
    return this.#low() | 0;
  }

  /** Reads a signed integer of 64 bits, rounded if it is not safe. */
  int64(): number {
    const low = this.#low();
    return (this.#high | 0) * TWO_32 + low;
  }

  /** Reads an unsigned integer of 64 bits. */
  bigUint64(): bigint {
    const low = this.#low();
    return BigInt(this.#high) << 32n | BigInt(low);
  }

  /** Reads a signed integer of 64 bits. */
  bigInt64(): bigint {
    return BigInt.asIntN(64, this.bigUint64());
  }

  /** Reads a boolean. */
  bool(): boolean {
    return (this.#low() | this.#high) !== 0;
  }

  /** Reads a number of 32 bits. */
  float(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  /** Reads a number of 64 bits. */
  double(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** Returns the bytes of a field, which share the message's memory. */
  bytes(): Uint8Array<ArrayBuffer> {
    const length = this.#low();
    if (this.#high !== 0) throw malformed("a field is longer than the message");
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Reads a text. */
  text(): string {
    const bytes = this.bytes();
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes);
    } catch {
      throw malformed("a string is not UTF-8");
    }
  }

  /** Skips the value of an unknown field. */
  skip(type: number): void {
    if (type === WIRE.VARINT) this.#low();
    else if (type === WIRE.FIXED64) this.#advance(8);
    else if (type === WIRE.BYTES) this.bytes();
    else if (type === WIRE.FIXED32) this.#advance(4);
    else throw malformed(`a field has the wire type ${type}`);
  }

  // Returns the low 32 bits of a variable-length number, and keeps the others.
  #low(): number {
    let low = 0;
    this.#high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#advance(1)]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        this.#high = bits >>> 4;
      } else if (shift < 63) this.#high |= bits << (shift - 32);
      else this.#high |= bits << 31;
      if (byte < 0x80) {
        this.#high >>>= 0;
        return low >>> 0;
      }
    }
    throw malformed("a number has more than 10 bytes");
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) {
      throw malformed("it ends in the middle of a field");
    }
    this.#at = start + length;
    return start;
  }
}

/** Writes the fields of a protobuf message. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #small: number[] = [];
  #length = 0;

  /** Writes the number of a field, and how its value is encoded. */
  tag(number: number, type: number): void {
    this.varint(number * 8 + type);
  }

  /** Writes an integer; negative ones as 64 bits. */
  varint(value: number | bigint): void {
    if (typeof value === "number" && value >= 0 && value < TWO_32) {
      let rest = value;
      while (rest > 0x7f) {
        this.#byte(rest & 0x7f | 0x80);
        rest >>>= 7;
      }
      this.#byte(rest);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  /** Writes bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#part(value);
  }

  /** Writes parts of bytes, one after another, with their length before them. */
  parts(values: readonly Uint8Array[]): void {
    this.varint(values.reduce((sum, { length }) => sum + length, 0));
    for (const value of values) this.#part(value);
  }

  /** Writes a number of 32 bits. */
  float(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#part(bytes);
  }

  /** Writes a number of 64 bits. */
  double(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.#part(bytes);
  }

  /** Writes another message with its length before it. */
  message(writer: WireWriter): void {
    writer.#flush();
    this.varint(writer.#length);
    for (const part of writer.#parts) this.#part(part);
  }

  /** Returns the message. Everything is copied once. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const bytes = new Uint8Array(this.#length);
    let end = 0;
    for (const part of this.#parts) {
      bytes.set(part, end);
      end += part.length;
    }
    return bytes;
  }

  #byte(value: number): void {
    this.#small.push(value);
    this.#length++;
  }

  #part(bytes: Uint8Array): void {
    this.#flush();
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  #flush(): void {
    if (this.#small.length === 0) return;
    this.#parts.push(Uint8Array.from(this.#small));
    this.#small = [];
  }
}

/** A message that is not protobuf. */
export function malformed(problem: string): Error {
  return badRequest(`the message must be protobuf: ${problem}`);
}
