import type { ElementTypeInfo } from "../../tensor/element_type.ts";
import { arrayFor } from "../../tensor/encode_tensor.ts";
import { sizeOfShape } from "../../tensor/shape.ts";
import { type DataType, dataTypeOf } from "../data_type.ts";
import { badRequest } from "../http_errors.ts";
import type { TensorDecoding } from "../tensor_decoding.ts";
import type { TensorContents } from "./messages.ts";

type Member = keyof TensorContents;

/** The member with the elements of each data type, as the protocol has them. */
const MEMBERS: Readonly<Partial<Record<DataType, Member>>> = {
  BOOL: "bool_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

/**
 * Decodes the elements of a tensor that are fields of the message.
 *
 * @param contents The fields; `undefined` for a tensor without elements.
 */
export function contentsDecoding(
  contents: TensorContents | undefined,
): TensorDecoding {
  return {
    numbers: (what, info, shape) =>
      numbersOf(what, info, elements(what, info.name, shape, contents)),
    bytes: (what, shape) =>
      elements(what, "bytes", shape, contents) as Uint8Array[],
  };
}

/** Finds the elements in the member for their data type. */
function elements(
  what: string,
  elementType: string,
  shape: readonly number[],
  contents: TensorContents | undefined,
): readonly unknown[] {
  const dataType = dataTypeOf(elementType)!;
  const member = MEMBERS[dataType];
  if (member === undefined) {
    throw badRequest(`${what}: ${dataType} must be in raw_input_contents`);
  }
  const other = (Object.keys(contents ?? {}) as Member[])
    .find((it) => it !== member && contents![it].length > 0);
  if (other !== undefined) {
    throw badRequest(`${what}: ${dataType} must be in ${member}, got ${other}`);
  }
  const found = contents?.[member] ?? [];
  const wanted = sizeOfShape(shape);
  if (found.length === wanted) return found;
  throw badRequest(
    `${what}: ${member} must have ${wanted} elements, those of shape ` +
      `[${shape}], got ${found.length}`,
  );
}

function numbersOf(
  what: string,
  info: ElementTypeInfo,
  values: readonly unknown[],
): Uint8Array<ArrayBuffer> {
  const codec = info.codec!;
  const size = info.bitCount / 8;
  const array = arrayFor(info, values.length * size);
  const view = new DataView(array.buffer);
  for (const [at, value] of values.entries()) {
    if (!codec.fits(value)) {
      throw badRequest(
        `${what}: element ${at} must be ${codec.range} for ` +
          `${dataTypeOf(info.name)}, got ${value}`,
      );
    }
    codec.write(view, at * size, value as number);
  }
  return new Uint8Array(array.buffer);
}
