import { ownValue } from "../base/own_value.ts";

/** Reads blocks of elements. */
interface Encoding {
  /** Number of elements of a block. */
  readonly elements: number;
  /** Number of bytes of a block. */
  readonly bytes: number;
  /** Reads a block. */
  readonly read: (
    view: DataView,
    at: number,
    target: Float32Array,
    to: number,
  ) => void;
}

function half(view: DataView, at: number): number {
  return view.getFloat16(at, true);
}

/** The scales and minimums of the eight parts of a block of Q4_K and Q5_K. */
function scalesOf(
  view: DataView,
  at: number,
  part: number,
): readonly [number, number] {
  const byte = (i: number) => view.getUint8(at + i);
  if (part < 4) return [byte(part) & 63, byte(part + 4) & 63];
  const low = byte(part + 4);
  return [
    (low & 15) | (byte(part - 4) >> 6) << 4,
    (low >> 4) | (byte(part) >> 6) << 4,
  ];
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  F32: {
    elements: 1,
    bytes: 4,
    read: (view, at, target, to) => {
      target[to] = view.getFloat32(at, true);
    },
  },
  F16: {
    elements: 1,
    bytes: 2,
    read: (view, at, target, to) => {
      target[to] = half(view, at);
    },
  },
  BF16: {
    elements: 1,
    bytes: 2,
    read: (view, at, target, to) => {
      FLOAT_BITS[0] = view.getUint16(at, true) << 16;
      target[to] = FLOAT[0]!;
    },
  },
  Q4_0: {
    elements: 32,
    bytes: 18,
    read: (view, at, target, to) => {
      const scale = half(view, at);
      for (let i = 0; i < 16; i++) {
        const byte = view.getUint8(at + 2 + i);
        target[to + i] = ((byte & 15) - 8) * scale;
        target[to + 16 + i] = ((byte >> 4) - 8) * scale;
      }
    },
  },
  Q4_1: {
    elements: 32,
    bytes: 20,
    read: (view, at, target, to) => {
      const scale = half(view, at);
      const least = half(view, at + 2);
      for (let i = 0; i < 16; i++) {
        const byte = view.getUint8(at + 4 + i);
        target[to + i] = (byte & 15) * scale + least;
        target[to + 16 + i] = (byte >> 4) * scale + least;
      }
    },
  },
  Q5_0: {
    elements: 32,
    bytes: 22,
    read: (view, at, target, to) => {
      const scale = half(view, at);
      const high = view.getUint32(at + 2, true);
      for (let i = 0; i < 16; i++) {
        const byte = view.getUint8(at + 6 + i);
        const [low, up] = [high >>> i & 1, high >>> (i + 16) & 1];
        target[to + i] = ((byte & 15 | low << 4) - 16) * scale;
        target[to + 16 + i] = ((byte >> 4 | up << 4) - 16) * scale;
      }
    },
  },
  Q5_1: {
    elements: 32,
    bytes: 24,
    read: (view, at, target, to) => {
      const scale = half(view, at);
      const least = half(view, at + 2);
      const high = view.getUint32(at + 4, true);
      for (let i = 0; i < 16; i++) {
        const byte = view.getUint8(at + 8 + i);
        const [low, up] = [high >>> i & 1, high >>> (i + 16) & 1];
        target[to + i] = (byte & 15 | low << 4) * scale + least;
        target[to + 16 + i] = (byte >> 4 | up << 4) * scale + least;
      }
    },
  },
  Q8_0: {
    elements: 32,
    bytes: 34,
    read: (view, at, target, to) => {
      const scale = half(view, at);
      for (let i = 0; i < 32; i++) {
        target[to + i] = view.getInt8(at + 2 + i) * scale;
      }
    },
  },
  Q4_K: {
    elements: 256,
    bytes: 144,
    read: (view, at, target, to) => {
      const [scale, least] = [half(view, at), half(view, at + 2)];
      for (let part = 0; part < 8; part++) {
        const [factor, minimum] = scalesOf(view, at + 4, part);
        const start = at + 16 + (part >> 1) * 32;
        const shift = (part & 1) * 4;
        for (let i = 0; i < 32; i++) {
          const value = view.getUint8(start + i) >> shift & 15;
          target[to + part * 32 + i] = scale * factor * value -
            least * minimum;
        }
      }
    },
  },
  Q5_K: {
    elements: 256,
    bytes: 176,
    read: (view, at, target, to) => {
      const [scale, least] = [half(view, at), half(view, at + 2)];
      for (let part = 0; part < 8; part++) {
        const [factor, minimum] = scalesOf(view, at + 4, part);
        const start = at + 48 + (part >> 1) * 32;
        const shift = (part & 1) * 4;
        for (let i = 0; i < 32; i++) {
          const high = view.getUint8(at + 16 + i) >> part & 1;
          const value = view.getUint8(start + i) >> shift & 15 | high << 4;
          target[to + part * 32 + i] = scale * factor * value -
            least * minimum;
        }
      }
    },
  },
  Q6_K: {
    elements: 256,
    bytes: 210,
    read: (view, at, target, to) => {
      const scale = half(view, at + 208);
      for (let i = 0; i < 256; i++) {
        const [side, place] = [i >> 7, i & 127];
        const [quarter, column] = [place >> 5, place & 31];
        const low = view.getUint8(
              at + side * 64 + (quarter & 1) * 32 + column,
            ) >> (quarter >> 1) * 4 & 15;
        const high = view.getUint8(at + 128 + side * 32 + column) >>
            quarter * 2 & 3;
        const factor = view.getInt8(
          at + 192 + side * 8 + quarter * 2 + (column >> 4),
        );
        target[to + i] = scale * factor * ((low | high << 4) - 32);
      }
    },
  },
};

const FLOAT = new Float32Array(1);
const FLOAT_BITS = new Uint32Array(FLOAT.buffer);

/** Names of the encodings that can be read. */
export const ENCODING_NAMES: readonly string[] = Object.keys(ENCODINGS);

/** Number of bytes of elements; undefined if they cannot be read. */
export function encodedLength(
  encoding: string,
  elements: number,
): number | undefined {
  const known = ownValue(ENCODINGS, encoding);
  if (known === undefined || elements % known.elements !== 0) return undefined;
  return elements / known.elements * known.bytes;
}

/**
 * Reads elements as numbers.
 *
 * @param encoding How they are stored.
 * @param bytes Whole blocks.
 */
export function dequantize(
  encoding: string,
  bytes: Uint8Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { elements, bytes: size, read } = ENCODINGS[encoding]!;
  const count = bytes.length / size;
  const target = new Float32Array(count * elements);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let block = 0; block < count; block++) {
    read(view, block * size, target, block * elements);
  }
  return target;
}
