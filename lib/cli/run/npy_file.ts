import { type BufferView, IreeError } from "../../../mod.ts";

/**
 * Creates a tensor's NumPy header, byte for byte as `iree-run-module` does:
 * without NumPy's padding for growing arrays.
 *
 * @param tensor The tensor.
 */
export function makeNpyHeader(tensor: BufferView): Uint8Array<ArrayBuffer> {
  const { shape, elementType } = tensor;
  const dimensions = shape.join(", ") + (shape.length === 1 ? "," : "");
  const dict = `{'descr': '${descrOf(elementType)}', 'fortran_order': False, ` +
    `'shape': (${dimensions}), }`;
  const start = "\x93NUMPY\x01\0".length + 2;
  const length = Math.ceil((start + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(length);
  const text = `\x93NUMPY\x01\0\0\0${dict}`.padEnd(length - 1) + "\n";
  for (let at = 0; at < length; at++) header[at] = text.charCodeAt(at);
  new DataView(header.buffer).setUint16(start - 2, length - start, true);
  return header;
}

/** Alignment of the elements. */
const ALIGNMENT = 64;

/** NumPy's kinds, by prefix of the element type. */
const KINDS: Readonly<Record<string, string>> = {
  i: "i",
  si: "i",
  ui: "u",
  f: "f",
  cf: "c",
  "*": "V",
};

// NumPy has no bf16 and no 8-bit floats; ml_dtypes writes them as
// bytes.
function descrOf(elementType: string): string {
  if (elementType === "i1") return "|b1";
  if (elementType === "bf16") return "<V2";
  if (elementType.startsWith("f8")) return "<V1";
  const [, prefix = "", bits] = /^(\D+)(\d+)$/.exec(elementType) ?? [];
  const size = Number(bits) / 8;
  if (Object.hasOwn(KINDS, prefix) && Number.isInteger(size)) {
    return `${size === 1 ? "|" : "<"}${KINDS[prefix]}${size}`;
  }
  throw new IreeError(
    "UNIMPLEMENTED",
    `unsupported data encoding: NumPy has no ${elementType}`,
  );
}
