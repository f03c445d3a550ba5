import { malformed, WIRE, WireReader, WireWriter } from "./wire.ts";

/** A type of protobuf messages. Fields without a value have their default. */
export interface Message<Type> {
  decode(bytes: Uint8Array<ArrayBuffer>): Type;
  encode(value: Type): Uint8Array<ArrayBuffer>;
  /** Writes the fields. */
  write(writer: WireWriter, value: Type): void;
}

/** A field of a message. */
export interface Field<Type> {
  readonly number: number;
  /** Its value where the message does not have it. */
  initial(): Type;
  /** Reads one occurrence; returns the value so far. */
  read(reader: WireReader, type: number, before: Type): Type;
  /** Writes the value, unless it is the default. */
  write(writer: WireWriter, value: Type): void;
}

/** The most entries of a list of messages. */
const MOST_ENTRIES = 4096;

/**
 * Describes a type of messages.
 *
 * @param fields Its fields by name.
 */
export function message<Type extends object>(
  fields: { readonly [Name in keyof Type]: Field<Type[Name]> },
): Message<Type> {
  type Name = keyof Type & string;
  const names = Object.keys(fields) as Name[];
  const byNumber = new Map(names.map((name) => [fields[name].number, name]));
  const self: Message<Type> = {
    decode: (bytes) => {
      const reader = new WireReader(bytes);
      const value = {} as Type;
      for (const name of names) value[name] = fields[name].initial();
      while (!reader.isAtEnd) {
        const [number, type] = reader.tag();
        const name = byNumber.get(number);
        if (name === undefined) reader.skip(type);
        else value[name] = fields[name].read(reader, type, value[name]);
      }
      return value;
    },
    encode: (value) => {
      const writer = new WireWriter();
      self.write(writer, value);
      return writer.finish();
    },
    write: (writer, value) => {
      for (const name of names) fields[name].write(writer, value[name]);
    },
  };
  return self;
}

/** How one value is read and written. */
interface Scalar<Type> {
  readonly type: number;
  readonly initial: Type;
  read(reader: WireReader): Type;
  write(writer: WireWriter, value: Type): void;
}

function varint<Type>(
  initial: Type,
  read: (reader: WireReader) => Type,
  toNumber: (value: Type) => number | bigint,
): Scalar<Type> {
  const write = (writer: WireWriter, value: Type) =>
    writer.varint(toNumber(value));
  return { type: WIRE.VARINT, initial, read, write };
}

/** Types of single values. */
export const SCALARS: {
  readonly bool: Scalar<boolean>;
  readonly int32: Scalar<number>;
  readonly uint32: Scalar<number>;
  readonly int64: Scalar<number>;
  readonly bigInt64: Scalar<bigint>;
  readonly bigUint64: Scalar<bigint>;
  readonly float: Scalar<number>;
  readonly double: Scalar<number>;
  readonly text: Scalar<string>;
} = {
  bool: varint(false, (it) => it.bool(), Number),
  int32: varint(0, (it) => it.int32(), Number),
  uint32: varint(0, (it) => it.uint32(), Number),
  int64: varint(0, (it) => it.int64(), Number),
  bigInt64: varint(0n, (it) => it.bigInt64(), BigInt),
  bigUint64: varint(0n, (it) => it.bigUint64(), BigInt),
  float: {
    type: WIRE.FIXED32,
    initial: 0,
    read: (it) => it.float(),
    write: (writer, value) => writer.float(value),
  },
  double: {
    type: WIRE.FIXED64,
    initial: 0,
    read: (it) => it.double(),
    write: (writer, value) => writer.double(value),
  },
  text: {
    type: WIRE.BYTES,
    initial: "",
    read: (it) => it.text(),
    write: (writer, value) => writer.bytes(new TextEncoder().encode(value)),
  },
};

/** A field with one value. */
export function scalar<Type>(
  number: number,
  { type, initial, read, write }: Scalar<Type>,
): Field<Type> {
  return {
    number,
    initial: () => initial,
    read: (reader, given) => {
      expect(number, given, type);
      return read(reader);
    },
    write: (writer, value) => {
      if (value === initial) return;
      writer.tag(number, type);
      write(writer, value);
    },
  };
}

/** A field with numbers; both of their encodings are read. */
export function scalars<Type>(
  number: number,
  { type, read, write }: Scalar<Type>,
): Field<readonly Type[]> {
  return {
    number,
    initial: () => [],
    read: (reader, given, before) => {
      const values = before as Type[];
      if (given === type) {
        values.push(read(reader));
        return values;
      }
      expect(number, given, WIRE.BYTES);
      const packed = new WireReader(reader.bytes());
      while (!packed.isAtEnd) values.push(read(packed));
      return values;
    },
    write: (writer, values) => {
      if (values.length === 0) return;
      const packed = new WireWriter();
      for (const value of values) write(packed, value);
      writer.tag(number, WIRE.BYTES);
      writer.message(packed);
    },
  };
}

/** A field with texts. */
export function texts(number: number): Field<readonly string[]> {
  return list(
    number,
    (reader) => reader.text(),
    (writer, value) => {
      writer.tag(number, WIRE.BYTES);
      SCALARS.text.write(writer, value);
    },
  );
}

/** A field with contents of tensors, each of which is written from parts. */
export function blobs(
  number: number,
): Field<readonly (readonly Uint8Array<ArrayBuffer>[])[]> {
  return list(number, (reader) => [reader.bytes()], (writer, parts) => {
    writer.tag(number, WIRE.BYTES);
    writer.parts(parts);
  });
}

/**
 * A field with parts of bytes.
 *
 * @param number Its number.
 * @param most The most parts.
 */
export function byteStrings(
  number: number,
  most: number = MOST_ENTRIES,
): Field<readonly Uint8Array<ArrayBuffer>[]> {
  return list(number, (reader) => reader.bytes(), (writer, bytes) => {
    writer.tag(number, WIRE.BYTES);
    writer.bytes(bytes);
  }, most);
}

/** A field with a message. */
export function nested<Type>(
  number: number,
  inner: Message<Type>,
): Field<Type | undefined> {
  return {
    number,
    initial: () => undefined,
    read: (reader, type) => {
      expect(number, type, WIRE.BYTES);
      return inner.decode(reader.bytes());
    },
    write: (writer, value) => {
      if (value !== undefined) writeMessage(writer, number, inner, value);
    },
  };
}

/** A field with a message that always has one. */
export function required<Type>(
  number: number,
  inner: Message<Type>,
): Field<Type> {
  const { read, write } = nested(number, inner);
  return {
    number,
    initial: () => inner.decode(new Uint8Array()),
    read: (reader, type, before) => read(reader, type, before)!,
    write,
  };
}

/** A field with messages. */
export function messages<Type>(
  number: number,
  inner: Message<Type>,
): Field<readonly Type[]> {
  return list(
    number,
    (reader) => inner.decode(reader.bytes()),
    (writer, value) => writeMessage(writer, number, inner, value),
  );
}

/** A field of which the default differs from no value. */
export function optional<Type>(
  number: number,
  { type, read, write }: Scalar<Type>,
): Field<Type | undefined> {
  return {
    number,
    initial: () => undefined,
    read: (reader, given) => {
      expect(number, given, type);
      return read(reader);
    },
    write: (writer, value) => {
      if (value === undefined) return;
      writer.tag(number, type);
      write(writer, value);
    },
  };
}

function list<Type>(
  number: number,
  read: (reader: WireReader) => Type,
  write: (writer: WireWriter, value: Type) => void,
  most: number = MOST_ENTRIES,
): Field<readonly Type[]> {
  return {
    number,
    initial: () => [],
    read: (reader, type, before) => {
      expect(number, type, WIRE.BYTES);
      if (before.length >= most) {
        throw malformed(`field ${number} has more than ${most} entries`);
      }
      (before as Type[]).push(read(reader));
      return before;
    },
    write: (writer, values) => {
      for (const value of values) write(writer, value);
    },
  };
}

function writeMessage<Type>(
  writer: WireWriter,
  number: number,
  inner: Message<Type>,
  value: Type,
): void {
  const own = new WireWriter();
  inner.write(own, value);
  writer.tag(number, WIRE.BYTES);
  writer.message(own);
}

function expect(number: number, given: number, wanted: number): void {
  if (given === wanted) return;
  throw malformed(
    `field ${number} must have the wire type ${wanted}, got ${given}`,
  );
}
