import type { FrameValues } from "../../ffi/host/host.ts";
import { readHostTensor } from "../../ffi/host/call.ts";
import { elementTypeOfCode } from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import type { NdArray } from "../tensor/tensor_data.ts";

/**
 * Copies a tensor that a program passes to a host function.
 *
 * @param id Number of the call.
 * @param ordinal Ordinal of the argument.
 * @param values Frame of the call.
 * @param offset Offset of the argument's description in the frame.
 * @returns The tensor; undefined if no array class has such elements.
 */
export function copyHostTensor(
  id: number,
  ordinal: number,
  values: FrameValues,
  offset: number,
): NdArray | undefined {
  const info = elementTypeOfCode(values.i32[(offset >> 2) + 1]!);
  if (info === undefined) return undefined;
  const data = arrayFor(info, values.f64[(offset >> 3) + 1]!);
  const shape = readHostTensor(id, ordinal, data);
  return { elementType: info.name, shape, data };
}
