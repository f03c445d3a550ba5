import { type Instance, IreeError } from "../../../mod.ts";
import { parseTensor, tensorByteLength } from "../../tooling/mod.ts";
import { splitOnce } from "./files.ts";

/** A parameter's contents as a command line describes them. */
export interface Pattern {
  /** The bytes to repeat: an element, or one zero byte. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The length of the whole contents in bytes. */
  readonly byteLength: number;
}

/**
 * Parses `shapextype` or `shapextype=element`.
 *
 * @param instance The instance.
 * @param text The text; without an element the contents are zeros.
 */
export function parsePattern(instance: Instance, text: string): Pattern {
  const [type, element] = splitOnce(text, "=");
  const byteLength = tensorByteLength(type);
  const elementType = type.replace(/^(?:\d+x)*x?/, "");
  return { bytes: parseElement(instance, elementType, element), byteLength };
}

/**
 * Parses an element to bytes.
 *
 * @param instance The instance.
 * @param type The element type, such as `f32`; `x32` means 32 bits in hexadecimal.
 * @param text The element; one zero byte when omitted.
 */
export function parseElement(
  instance: Instance,
  type: string,
  text: string | undefined,
): Uint8Array<ArrayBuffer> {
  const opaque = /^x(\d+)$/.exec(type)?.[1];
  if (opaque !== undefined) return parseBytes(Number(opaque), text);
  if (tensorByteLength(`2x${type}`) !== 2 * tensorByteLength(type)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `elements of type ${type} are smaller than a byte`,
      { hint: "use a type of whole bytes: 4xi8 for 8xi4" },
    );
  }
  if (text === undefined || text === "") return new Uint8Array(1);
  using tensor = parseTensor(instance, `${type}=${text}`);
  return tensor.toBytes();
}

function parseBytes(
  bitCount: number,
  text: string | undefined,
): Uint8Array<ArrayBuffer> {
  if (!text) return new Uint8Array(1);
  if (/^(?:[0-9a-f]{2})+$/i.test(text) && text.length * 4 === bitCount) {
    return Uint8Array.fromHex(text);
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${text}' is not ${bitCount} bits as hexadecimal digits`,
  );
}
