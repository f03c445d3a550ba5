import {
  BufferView,
  type Instance,
  IreeError,
  type Value,
  VmBuffer,
  VmRef,
} from "../../../mod.ts";
import { parseTensor, viewStorageBytes } from "../../tooling/mod.ts";
import type { InputType } from "./inputs.ts";

/**
 * Converts a value to a tensor: scalars have no dimensions, buffers become
 * bytes, and null becomes an empty tensor.
 *
 * @param value The value.
 * @param type The value's type.
 * @param instance The instance.
 * @param stack Owns the tensor.
 * @returns The tensor; throws INVALID_ARGUMENT for other objects.
 */
export function asTensor(
  value: Value,
  type: InputType,
  instance: Instance,
  stack: DisposableStack,
): BufferView {
  if (value instanceof BufferView) return value;
  return stack.use(makeTensor(value, type, instance));
}

function makeTensor(
  value: Exclude<Value, BufferView>,
  type: InputType,
  instance: Instance,
): BufferView {
  if (value === null) return parseTensor(instance, "0xi8");
  if (typeof value !== "object") {
    const text = Object.is(value, -0) ? "-0" : `${value}`;
    return parseTensor(instance, `${type}=${text}`);
  }
  if (value instanceof VmBuffer) {
    const bytes = value.toBytes();
    return parseTensor(instance, `${bytes.length}xi8`, bytes);
  }
  if (value instanceof VmRef && value.typeName === "hal.buffer") {
    return viewStorageBytes(value);
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "unsupported output source type; expected: !hal.buffer, " +
      "!hal.buffer_view, !vm.buffer",
  );
}
