import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import {
  compareTensors as compareNative,
  listToHost,
  parseTensor as parseNative,
  viewOfStorage,
  viewStorage,
} from "../../ffi/tooling.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
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
 * Creates a tensor from IREE's text of it: `2x2xf32=[[1 2][3 4]]`. Brackets can
 * be left out, or all but the outermost ones written; one element fills the
 * tensor, no contents make it zero. Elements that are no numbers (i1, complex
 * ones) are written as hexadecimal bytes.
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
 * @param target The device that the tensor lies on; an instance for memory of
 * the host, as programs without a device take it.
 * @param text The text; only the type, such as `2x2xf32`, when there are
 * contents.
 * @param contents The elements' bytes, which are copied.
 * @returns The tensor, to be disposed; throws INVALID_ARGUMENT where an element
 * is no number of the type or does not fit, an i1 is neither 0 nor 1, or where
 * brackets do not match the shape, and OUT_OF_RANGE where there are too few elements or too many.
 */
export function parseTensor(
  target: Device | Instance,
  text: string,
  contents?: Bytes,
): BufferView {
  const parts = splitTensorText(text);
  const bytes = contents === undefined
    ? undefined
    : bytesOf(contents, "the contents of a tensor");
  if (bytes === undefined) {
    checkTensorText(parts);
  } else {
    checkContents(tensorByteLength(text), bytes);
    if (parts.elementType === "i1") checkBooleans(bytes, refuseContents);
  }
  // Without a byte of contents the type tells it all.
  const isEmpty = bytes === undefined || bytes.length === 0;
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
  if (contents.length === byteLength) return;
  throw new IreeError(
    "OUT_OF_RANGE",
    `a tensor of ${byteLength} bytes was given ${contents.length}`,
  );
}

function refuseContents(problem: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `what a tensor is made of ${problem}`,
  );
}

/**
 * Length of a tensor's contents in bytes.
 *
 * @param text The tensor's text, or that of its type: `2x2xf32`.
 */
export function tensorByteLength(text: string): number {
  const { shape, elementType } = splitTensorText(text);
  const count = shape.reduce((product, size) => product * size, 1);
  return Math.ceil(count * elementBitCount(elementType) / 8);
}

/** How tensors are compared. */
export interface CompareOptions {
  /**
   * `exact` compares bytes. `approximate` lets floating point differ by a
   * type's tolerance and the relative one times the size of the expected value;
   * NaN equals NaN.
   *
   * @default {"approximate"}
   */
  mode?: "approximate" | "exact" | undefined;
  /**
   * By how much an f16 can differ.
   *
   * @default {0.001}
   */
  f16Tolerance?: number | undefined;
  /**
   * By how much an f32 can differ.
   *
   * @default {0.0001}
   */
  f32Tolerance?: number | undefined;
  /**
   * By how much an f64 can differ.
   *
   * @default {0.0001}
   */
  f64Tolerance?: number | undefined;
  /**
   * By how much a bf16 can differ.
   *
   * @default {0.01}
   */
  bf16Tolerance?: number | undefined;
  /**
   * What part of the expected value any floating point can differ by besides.
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
 * @param expected What is expected.
 * @param actual What there is.
 * @param options How they are compared.
 * @returns Why they do not match; `undefined` when they do.
 */
export function compareTensors(
  expected: BufferView,
  actual: BufferView,
  options: CompareOptions = {},
): string | undefined {
  const { mode = "approximate" } = options;
  if (mode !== "approximate" && mode !== "exact") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `unknown mode '${mode}'; it can be approximate or exact`,
    );
  }
  const text = compareNative(handleOf(expected), handleOf(actual), {
    exact: mode === "exact",
    f16Tolerance: tolerance(options.f16Tolerance ?? 0.001),
    f32Tolerance: tolerance(options.f32Tolerance ?? 0.0001),
    f64Tolerance: tolerance(options.f64Tolerance ?? 0.0001),
    bf16Tolerance: tolerance(options.bf16Tolerance ?? 0.01),
    relativeTolerance: tolerance(options.relativeTolerance ?? 1e-5),
  });
  return text === "" ? undefined : text;
}

function tolerance(value: number): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a tolerance is a number that is not negative, not ${String(value)}`,
  );
}

/**
 * Replaces tensors in a list that the host cannot read by copies that it can;
 * those that it can stay as they are.
 *
 * @param list The list.
 * @param device A device that can read them; it makes the copies.
 */
export function copyToHost(list: List, device: Device): void {
  listToHost(handleOf(list), handleOf(device), device.ordinal);
}

/**
 * The `!hal.buffer` that a tensor's contents are in, for functions that take
 * one.
 *
 * @param tensor The tensor.
 * @returns The buffer, to be disposed; it shares the tensor's memory.
 */
export function storageOf(tensor: BufferView): VmRef {
  return new VmRef(viewStorage(handleOf(tensor)));
}

/**
 * Makes a tensor of all bytes of a `!hal.buffer`.
 *
 * @param storage The buffer.
 * @returns A tensor of i8 that shares its memory, to be disposed; throws
 * INVALID_ARGUMENT when the object is of another type.
 */
export function viewStorageBytes(storage: VmRef): BufferView {
  return new BufferView(viewOfStorage(handleOf(storage)));
}
