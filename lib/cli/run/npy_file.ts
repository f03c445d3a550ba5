import {
  BufferView,
  decodeNpyArray,
  type Device,
  type ElementType,
  type Instance,
  IreeError,
} from "../../../mod.ts";
import type { InputFile } from "./input_files.ts";

/**
 * Takes the next array of a NumPy file. Its integers have the sign that NumPy
 * says, as `iree-run-module` has it.
 *
 * @param memory The device that the tensor lies on, or an instance.
 * @param file The file.
 */
export function readTensor(
  memory: Device | Instance,
  file: InputFile,
): BufferView {
  if (file.ended) throw new IreeError("OUT_OF_RANGE", "end-of-file");
  const { array, end } = decodeNpyArray(file.bytes, file.offset);
  const type = array.elementType;
  const elementType = /^i\d\d?$/.test(type) && type !== "i1"
    ? `s${type}` as ElementType
    : type;
  const tensor = BufferView.from(memory, { ...array, elementType });
  file.offset = end;
  return tensor;
}

/**
 * Makes a NumPy file of a tensor, byte for byte as `iree-run-module` does: it
 * leaves no room in the header for the array to grow, as NumPy does.
 *
 * @param tensor The tensor.
 * @param contents Its contents.
 */
export function makeNpyFile(
  tensor: BufferView,
  contents: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { shape, elementType } = tensor;
  const dimensions = shape.join(", ") + (shape.length === 1 ? "," : "");
  const dict = `{'descr': '${descrOf(elementType)}', 'fortran_order': False, ` +
    `'shape': (${dimensions}), }`;
  const start = "\x93NUMPY\x01\0".length + 2;
  const length = Math.ceil((start + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(length + contents.length);
  const text = `\x93NUMPY\x01\0\0\0${dict}`.padEnd(length - 1) + "\n";
  for (let at = 0; at < length; at++) file[at] = text.charCodeAt(at);
  new DataView(file.buffer).setUint16(start - 2, length - start, true);
  file.set(contents, length);
  return file;
}

/** Elements begin at a multiple of this. */
const ALIGNMENT = 64;

/** NumPy's kinds by prefixes of element types. */
const KINDS: Readonly<Record<string, string>> = {
  i: "i",
  si: "i",
  ui: "u",
  f: "f",
  cf: "c",
  "*": "V",
};

// NumPy has no bf16 and no floating point of 8 bits: ml_dtypes writes them as
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
