import {
  type ElementType,
  IreeError,
  type NdArray,
  type TypedArray,
} from "../../mod.ts";

/** Element types by their numbers in `TensorProto.DataType`. */
const TYPES: Readonly<
  Record<
    number,
    readonly [ElementType, new (buffer: ArrayBuffer) => TypedArray]
  >
> = {
  1: ["f32", Float32Array],
  2: ["ui8", Uint8Array],
  3: ["i8", Int8Array],
  4: ["ui16", Uint16Array],
  5: ["i16", Int16Array],
  6: ["i32", Int32Array],
  7: ["i64", BigInt64Array],
  9: ["i1", Uint8Array],
  10: ["f16", Float16Array],
  11: ["f64", Float64Array],
  12: ["ui32", Uint32Array],
  13: ["ui64", BigUint64Array],
};

/** Fields of `TensorProto`. */
const FIELD = { dims: 1, type: 2, floats: 4, name: 8, raw: 9 } as const;

/** A tensor of ONNX's test data. */
export interface NamedTensor {
  /** Its name. */
  readonly name: string;
  /** The tensor. */
  readonly tensor: NdArray;
}

/**
 * Reads a serialized `TensorProto`, as ONNX's test data has inputs and outputs.
 *
 * @param path The file.
 */
export async function readTensor(path: string): Promise<NamedTensor> {
  const bytes = await Deno.readFile(path);
  const dims: number[] = [];
  let type = 0;
  let name = "";
  let raw = new Uint8Array();
  for (const { field, number, content } of fieldsOf(bytes)) {
    if (field === FIELD.dims && content === undefined) dims.push(number);
    else if (field === FIELD.dims) dims.push(...varints(content!));
    else if (field === FIELD.type) type = number;
    else if (field === FIELD.name) name = new TextDecoder().decode(content);
    else if (field === FIELD.raw || field === FIELD.floats) raw = content!;
    else {
      throw new IreeError("UNIMPLEMENTED", `field ${field} is not read here`);
    }
  }
  const [elementType, array] = TYPES[type] ?? [];
  if (elementType === undefined || array === undefined) {
    throw new IreeError("UNIMPLEMENTED", `data type ${type} is not read here`);
  }
  const data = new array(raw.slice().buffer);
  return { name, tensor: { elementType, shape: dims, data } };
}

interface Field {
  readonly field: number;
  readonly number: number;
  readonly content: Uint8Array<ArrayBuffer> | undefined;
}

function* fieldsOf(bytes: Uint8Array<ArrayBuffer>): Generator<Field> {
  for (let at = 0; at < bytes.length;) {
    const [key, start] = varint(bytes, at);
    const field = Math.floor(key / 8);
    const [number, end] = varint(bytes, start);
    if (key % 8 === 0) {
      yield { field, number, content: undefined };
      at = end;
    } else if (key % 8 === 2) {
      at = end + number;
      yield { field, number, content: bytes.subarray(end, at) };
    } else throw new Error(`wire type ${key % 8} is not read here`);
  }
}

function varints(bytes: Uint8Array<ArrayBuffer>): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [number, end] = varint(bytes, at);
    numbers.push(number);
    at = end;
  }
  return numbers;
}

function varint(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
): [number: number, end: number] {
  let value = 0;
  let at = start;
  for (let scale = 1;; scale *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at];
  }
}
