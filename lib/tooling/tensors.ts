import {
  byteLengthOf,
  type Bytes,
  bytesOf,
} from "../../ffi/base/typed_array.ts";
import {
  compareTensors as compareNative,
  listToHost,
  parseTensor as parseNative,
  viewOfStorage,
  viewStorage,
} from "../../ffi/tooling.ts";
import { toName, toText } from "../base/checks.ts";
import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Device } from "../hal/device.ts";
import { placementOf } from "../hal/placement.ts";
import { checkBooleans } from "../tensor/encode_tensor.ts";
import {
  checkTensorText,
  elementBitCount,
  splitTensorText,
} from "../tensor/tensor_text.ts";
import type { List } from "../vm/list.ts";
import { VmRef } from "../vm/vm_ref.ts";

/**
 * Creates a tensor from IREE's text format: `2x2xf32=[[1 2][3 4]]`. Brackets are
 * optional, all or only the outermost. One element fills the tensor; no contents
 * make it zero. Elements that are not numbers (i1, complex) are written as
 * hexadecimal bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { parseTensor } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * using tensor = parseTensor(instance, "2x2xi32=[[1 2][3 4]]");
 * assertEquals(tensor.shape, [2, 2]);
 * assertEquals(tensor.format(), "2x2xi32=[1 2][3 4]");
 * ```
 *
 * @param target The device for the tensor, or an instance for host memory, as
 * programs without a device use it.
 * @param text The text; only the type, such as `2x2xf32`, if contents are
 * passed.
 * @param contents The elements' bytes, which are copied.
 * @returns The tensor, which the caller must dispose; throws INVALID_ARGUMENT if
 * an element is invalid or does not fit, or if brackets do not match the shape,
 * and OUT_OF_RANGE if the number of elements is wrong.
 */
export function parseTensor(
  target: Device | Instance,
  text: string,
  contents?: Bytes,
): BufferView {
  const parts = splitTensorText(toText("the text of a tensor", text));
  const bytes = contents === undefined
    ? undefined
    : bytesOf(contents, "the contents of a tensor");
  if (bytes === undefined) {
    checkTensorText(parts);
  } else {
    checkContents(tensorByteLength(text), bytes);
    if (parts.elementType === "i1") checkBooleans(bytes, refuseContents);
  }
  // Without contents, the type describes the whole tensor.
  const isEmpty = bytes === undefined || byteLengthOf(bytes) === 0;
  return new BufferView(
    parseNative(
      placementOf(target),
      bytes === undefined ? text : parts.type,
      isEmpty ? undefined : bytes,
    ),
  );
}

function checkContents(
  byteLength: number,
  contents: Uint8Array<ArrayBuffer>,
): void {
  const given = byteLengthOf(bytesOf(contents, "the contents of a tensor"));
  if (given === byteLength) return;
  throw new IreeError(
    "OUT_OF_RANGE",
    `the contents must be ${byteLength} bytes, got ${given}`,
  );
}

function refuseContents(problem: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `the contents of a tensor ${problem}`,
  );
}

/**
 * Returns the length of a tensor's contents in bytes.
 *
 * @param text The tensor's text, or only its type: `2x2xf32`.
 */
export function tensorByteLength(text: string): number {
  const { shape, elementType } = splitTensorText(
    toText("the text of a tensor", text),
  );
  const count = shape.reduce((product, size) => product * size, 1);
  return Math.ceil(count * elementBitCount(elementType) / 8);
}

/** Options for comparing tensors. */
export interface CompareOptions {
  /**
   * `exact` compares bytes. `approximate` allows floats to differ by their type's
   * tolerance plus the relative tolerance times the expected magnitude; NaN equals
   * NaN.
   *
   * @default {"approximate"}
   */
  mode?: "approximate" | "exact" | undefined;
  /**
   * Absolute tolerance for f16.
   *
   * @default {0.001}
   */
  f16Tolerance?: number | undefined;
  /**
   * Absolute tolerance for f32.
   *
   * @default {0.0001}
   */
  f32Tolerance?: number | undefined;
  /**
   * Absolute tolerance for f64.
   *
   * @default {0.0001}
   */
  f64Tolerance?: number | undefined;
  /**
   * Absolute tolerance for bf16.
   *
   * @default {0.01}
   */
  bf16Tolerance?: number | undefined;
  /**
   * Relative tolerance for all floating-point types, added to the absolute one.
   *
   * @default {1e-5}
   */
  relativeTolerance?: number | undefined;
}

/**
 * Compares two tensors whose memory the host can read.
 *
 * @example
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { compareTensors, parseTensor } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * using expected = parseTensor(instance, "2xf32=1 2");
 * using close = parseTensor(instance, "2xf32=1 2.00001");
 * using other = parseTensor(instance, "2xf32=1 3");
 * assertEquals(compareTensors(expected, close), undefined);
 * assertStringIncludes(
 *   compareTensors(expected, other) ?? "",
 *   "element at index 1 (3) does not match the expected (2)",
 * );
 * ```
 *
 * @param expected The expected tensor.
 * @param actual The actual tensor.
 * @param options The options.
 * @returns Why they do not match; `undefined` if they match.
 */
export function compareTensors(
  expected: BufferView,
  actual: BufferView,
  options?: CompareOptions,
): string | undefined {
  const read = readOptions(options, OPTIONS);
  const mode = toName("mode", read.mode ?? "approximate", MODES);
  const text = compareNative(handleOf(expected), handleOf(actual), {
    exact: mode === "exact",
    f16Tolerance: tolerance(read.f16Tolerance ?? 0.001),
    f32Tolerance: tolerance(read.f32Tolerance ?? 0.0001),
    f64Tolerance: tolerance(read.f64Tolerance ?? 0.0001),
    bf16Tolerance: tolerance(read.bf16Tolerance ?? 0.01),
    relativeTolerance: tolerance(read.relativeTolerance ?? 1e-5),
  });
  return text === "" ? undefined : text;
}

const MODES = ["approximate", "exact"] as const;

const OPTIONS: OptionNames<CompareOptions> = {
  mode: true,
  f16Tolerance: true,
  f32Tolerance: true,
  f64Tolerance: true,
  bf16Tolerance: true,
  relativeTolerance: true,
};

function tolerance(value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a tolerance must be a non-negative number, got ${describeNumber(value)}`,
  );
}

/**
 * Replaces the tensors in a list that the host cannot read by readable copies;
 * keeps the others.
 *
 * @param list The list.
 * @param device A device that can read them; it creates the copies.
 */
export function copyToHost(list: List, device: Device): void {
  listToHost(handleOf(list), handleOf(device), device.ordinal);
}

/**
 * Returns the `!hal.buffer` with a tensor's contents, for functions that require
 * one.
 *
 * @param tensor The tensor.
 * @returns The buffer, which the caller must dispose; shares the tensor's memory.
 */
export function storageOf(tensor: BufferView): VmRef {
  return new VmRef(viewStorage(handleOf(tensor)));
}

/**
 * Creates a tensor from all bytes of a `!hal.buffer`.
 *
 * @param storage The buffer.
 * @returns An i8 tensor that shares its memory, which the caller must dispose;
 * throws INVALID_ARGUMENT if the object has another type.
 */
export function viewStorageBytes(storage: VmRef): BufferView {
  return new BufferView(viewOfStorage(handleOf(storage)));
}
