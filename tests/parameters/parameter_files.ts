/**
 * Small parameter files for the tests.
 *
 * @module
 */

const encoder = new TextEncoder();

function littleU32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

function littleU64(value: number | bigint): Uint8Array {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
}

/** Concatenates arrays. */
export function concat(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Bytes of a number array. */
export function bytesOf(
  array: ArrayBufferView<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * Makes a safetensors file of f32 tensors.
 *
 * @param tensors The tensors by name.
 */
export function safetensors(
  tensors: Readonly<Record<string, readonly number[]>>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [key, values] of Object.entries(tensors)) {
    const end = at + 4 * values.length;
    const data_offsets = [at, end];
    header[key] = { dtype: "F32", shape: [values.length], data_offsets };
    at = end;
  }
  return safetensorsOf(
    JSON.stringify(header),
    bytesOf(new Float32Array(Object.values(tensors).flat())),
  );
}

/**
 * Makes a safetensors file with an arbitrary header.
 *
 * @param header Text of the header.
 * @param contents The bytes after it.
 */
export function safetensorsOf(
  header: string,
  contents: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(header);
  return concat([littleU64(text.length), text, contents]);
}

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly type: number;
  readonly shape: readonly number[];
  readonly contents: Uint8Array;
}

/** Contents of a GGUF file other than tensors. */
export interface GgufOptions {
  readonly version?: number;
  readonly alignment?: number;
  readonly bigEndian?: boolean;
  /** Whether to nest arrays in an array, which IREE does not support. */
  readonly nested?: boolean;
}

/**
 * Makes a GGUF file with a value of every type.
 *
 * @param tensors The tensors by name.
 * @param options Additional contents.
 */
export function gguf(
  tensors: Readonly<Record<string, GgufTensor>>,
  options: GgufOptions = {},
): Uint8Array<ArrayBuffer> {
  const { version = 3, alignment = 32, bigEndian = false } = options;
  const { nested = false } = options;
  const inOrder = (bytes: Uint8Array) => bigEndian ? bytes.reverse() : bytes;
  const u32 = (value: number) => inOrder(littleU32(value));
  const u64 = (value: number) => inOrder(littleU64(value));
  const text = (value: string) => {
    const bytes = encoder.encode(value);
    return concat([u64(bytes.length), bytes]);
  };
  const nestedPair = [
    ...[text("nested"), u32(9), u32(9), u64(3)],
    ...[u32(5), u64(2), u32(1), u32(2)],
    ...[u32(9), u64(1), u32(8), u64(1), text("deep")],
    ...[u32(9), u64(0)],
  ];
  const pairs = [
    ...[1, 1, 2, 2, 4, 4, 4, 1].map((size, type) => [
      text(`value ${type}`),
      u32(type),
      new Uint8Array(size),
    ]),
    ...[10, 11, 12].map((type) => [text(`value ${type}`), u32(type), u64(0)]),
    [text("name"), u32(8), text("made by a test")],
    [text("words"), u32(9), u32(8), u64(2), text("one"), text("two")],
    ...(nested ? [nestedPair] : []),
    [text("numbers"), u32(9), u32(5), u64(2), u32(1), u32(2)],
    [text("general.alignment"), u32(4), u32(alignment)],
  ];
  const parts = [
    littleU32(0x46554747),
    u32(version),
    u64(Object.keys(tensors).length),
    u64(pairs.length),
    ...pairs.flat(),
  ];
  const contents: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const { shape, type } = tensor;
    parts.push(text(name), u32(shape.length), ...shape.map(u64));
    parts.push(u32(type), u64(offset));
    const padded = padTo(tensor.contents, alignment);
    contents.push(padded);
    offset += padded.length;
  }
  return concat([padTo(concat(parts), alignment), ...contents]);
}

function padTo(bytes: Uint8Array, alignment: number): Uint8Array {
  const padding = (alignment - bytes.length % alignment) % alignment;
  return concat([bytes, new Uint8Array(padding)]);
}
