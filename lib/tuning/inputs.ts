import { copyArray, isArray, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { isNativeObject } from "../base/native_object.ts";
import type { VmFunction } from "../call/function.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { ValueType } from "../signature/calling_convention.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import { formatDeclaredType } from "../signature/signature_format.ts";
import {
  declaredElementType,
  type TypedArray,
} from "../tensor/element_type.ts";
import { isNdArray, type TensorData } from "../tensor/tensor_data.ts";

/** An input of a function: a number, or data for a tensor. */
export type TuneInput = TensorData | BufferView;

/**
 * Copies inputs out of device memory, since each device needs its own.
 *
 * @param inputs The caller's inputs.
 */
export function toData(inputs: readonly TuneInput[]): TensorData[] {
  return copyArray("inputs", inputs, checkInput).map((input) =>
    isView(input) ? input.toNdArray() : input
  );
}

/**
 * Throws if a value cannot be an input.
 *
 * @param input The value.
 */
export function checkInput(input: TuneInput): void {
  const isData = /^(?:number|bigint|boolean)$/.test(typeof input) ||
    isArray(input) || ArrayBuffer.isView(input);
  if (isData || isView(input)) return;
  if (isNdArray(input)) return;
  throw mustBe("an input", "a number or data for a tensor", input);
}

function isView(input: TuneInput): input is BufferView {
  return isNativeObject(input) && input instanceof BufferView;
}

/**
 * Creates random inputs of the declared shapes, the same ones each time: floats
 * from -1 to 1, integers 0 or 1, which are also valid as indices.
 *
 * @param found The function.
 * @returns The inputs; throws INVALID_ARGUMENT if a shape is not fixed, and for
 * inputs that are not tensors or numbers.
 */
export function randomInputs(found: VmFunction): TensorData[] {
  const random = randomNumbers();
  return found.argumentTypes.map((type, index) => {
    const declared = found.signature?.inputs[index];
    return type === "ref"
      ? randomTensor(found.name, index, declared, random)
      : randomScalar(type, declared, random);
  });
}

function randomScalar(
  type: ValueType,
  declared: DeclaredValue | undefined,
  random: () => number,
): number | bigint {
  if (type === "f32" || type === "f64") return 2 * random() - 1;
  // Small floats cross as the bits of an i32.
  const isFloat = declared?.kind === "scalar" && /f\d/.test(declared.type);
  const value = isFloat ? 0 : Math.round(random());
  return type === "i64" ? BigInt(value) : value;
}

function randomTensor(
  name: string,
  index: number,
  declared: DeclaredValue | undefined,
  random: () => number,
): TensorData {
  const type = declared?.kind === "tensor" ? declared : undefined;
  const info = type && declaredElementType(type.elementType);
  if (type === undefined || info === undefined) {
    throw needsInputs(name, index, declared, "cannot be generated");
  }
  const shape = type.shape.filter((size) => size !== null);
  if (shape.length < type.shape.length) {
    throw needsInputs(name, index, declared, "has no fixed shape");
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const byteLength = Math.ceil(count * info.bitCount / 8);
  const data = new info.array(byteLength / info.array.BYTES_PER_ELEMENT);
  fill(data, info.name === "bf16", random);
  return { elementType: info.name, shape, data };
}

function fill(
  data: TypedArray,
  isBrainFloat: boolean,
  random: () => number,
): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = BigInt(random() < 0.5);
  } else if (isBrainFloat) {
    const bits = new DataView(new ArrayBuffer(4));
    for (let i = 0; i < data.length; i++) {
      bits.setFloat32(0, 2 * random() - 1);
      data[i] = bits.getUint16(0);
    }
  } else if (isFloats(data)) {
    for (let i = 0; i < data.length; i++) data[i] = 2 * random() - 1;
  } else {
    for (let i = 0; i < data.length; i++) data[i] = Number(random() < 0.5);
  }
}

function isFloats(data: TypedArray): boolean {
  return data instanceof Float32Array || data instanceof Float64Array ||
    data instanceof Float16Array;
}

function needsInputs(
  name: string,
  index: number,
  declared: DeclaredValue | undefined,
  problem: string,
): IreeError {
  const type = declared && ` (${formatDeclaredType(declared)})`;
  return new IreeError(
    "INVALID_ARGUMENT",
    `input ${index} of '${name}'${type ?? ""} ${problem}; inputs must be given`,
    { hint: "pass --input for each, or the option inputs" },
  );
}

/** Returns numbers from 0 to 1, in an order that looks random. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    // A linear congruential generator; the upper bits are random enough.
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return state / 2 ** 32;
  };
}
