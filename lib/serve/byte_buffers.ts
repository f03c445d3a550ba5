import type { Instance } from "../base/instance.ts";
import { IreeError } from "../base/error.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import { VmBuffer } from "../vm/vm_buffer.ts";
import type { BytesArray } from "./data_type.ts";

// Programs have no type for BYTES but `!util.buffer`, one buffer of any length.

/** The shape of such an input or output: one element. */
export const ONE_BUFFER: readonly number[] = [1];

/**
 * Returns whether a value is a buffer of bytes.
 *
 * @param declared The value as the program declares it.
 */
export function isByteBuffer(declared: DeclaredValue | undefined): boolean {
  return declared?.kind === "object" &&
    (declared.type === "util.buffer" || declared.type === "vm.buffer");
}

/**
 * Creates the buffer of an input.
 *
 * @param instance The program's instance.
 * @param value The input.
 * @returns The buffer, which the caller must dispose.
 */
export function toByteBuffer(instance: Instance, value: BytesArray): VmBuffer {
  return VmBuffer.from(instance, value.data[0]!);
}

/**
 * Copies the buffer of an output.
 *
 * @param name The output's name, for messages.
 * @param value The output.
 */
export function fromByteBuffer(name: string, value: unknown): BytesArray {
  if (!(value instanceof VmBuffer)) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      `output '${name}' must be a buffer, got ${
        value === null ? "null" : "none"
      }`,
    );
  }
  return {
    elementType: "bytes",
    shape: ONE_BUFFER,
    data: [value.toBytes()],
  };
}
