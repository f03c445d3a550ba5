import type { FrameValues } from "../../ffi/host/host.ts";
import { setHostReference, setHostTensor } from "../../ffi/host/call.ts";
import { type TensorBytes, writeBufferView } from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { parseTensor } from "../../ffi/tooling.ts";
import { describeValue } from "../base/message_values.ts";
import { handleOf, type NativeObject } from "../base/native_object.ts";
import { TensorArgument } from "../call/tensor_argument.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Slot } from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import type { DeclaredValue, TensorType } from "../signature/signature.ts";
import {
  type DeclaredScalar,
  type ScalarRange,
  SCALARS,
} from "../tensor/scalar.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { unwrapObject, wrapObject } from "../vm/value.ts";
import { type HostScope, type HostValue, isTensor } from "./host_value.ts";

/** A result that was checked, and is ready to be written. */
export type PreparedResult =
  | number
  | bigint
  | Handle
  | TensorBytes
  | null;

/** A result of a host function. */
export class HostResultWriter {
  /** The declared type. */
  readonly declared: DeclaredValue;
  readonly #value: HostValue;
  readonly #slot: Slot;
  readonly #scalar: DeclaredScalar | undefined;
  readonly #range: ScalarRange;
  readonly #tensor: TensorArgument | undefined;

  constructor(value: HostValue) {
    const { declared, refuse } = value;
    this.declared = declared;
    this.#value = value;
    this.#slot = value.slot;
    this.#scalar = declaredScalar(declared);
    this.#range = this.#scalar ?? SCALARS[value.slot.type as "i32"];
    this.#tensor = isTensor(declared)
      ? new TensorArgument(declared, refuse)
      : undefined;
  }

  /** Checks a result. */
  prepare(scope: HostScope, value: unknown): PreparedResult {
    if (this.#slot.type !== "ref") return this.#prepareScalar(value);
    if (value === null) {
      this.#tensor?.checkNull();
      return null;
    }
    const tensor = this.#tensor;
    // The quick check first: looking for a handle in an array is slow.
    if (tensor?.takesAsItIs(value)) {
      return { code: tensor.code, dims: tensor.dims, bytes: value };
    }
    if (this.#value.hostType !== undefined) {
      const object = this.#value.hostType.wrap(scope.module.instance, value);
      scope.owned.push(wrapObject(object));
      return object;
    }
    const object = unwrapObject(value);
    if (object !== undefined) {
      scope.owned.push(value as NativeObject);
      if (object.kind === Kind.bufferView) this.#tensor?.check(object);
      return object;
    }
    if (this.#tensor?.takesData(value)) {
      return this.#tensor.encode(value as TensorData);
    }
    throw this.#value.refuse(
      `must be ${this.#tensor?.description ?? "an object of the VM or null"}` +
        `, got ${describeValue(value)}`,
    );
  }

  /**
   * Sets the result to a tensor whose contents are written later.
   *
   * @param shape Its shape.
   * @returns What writes the contents.
   */
  allocate(
    scope: HostScope,
    id: number,
    shape: readonly number[],
  ): (value: unknown) => void {
    const { module: { instance }, devices } = scope;
    const { elementType } = this.declared as TensorType;
    const placement = { instance, devices, ordinal: 0 };
    const type = [...shape, elementType].join("x");
    const view = new BufferView(parseTensor(placement, type));
    scope.owned.push(view);
    const handle = handleOf(view);
    setHostReference(scope.module, id, this.#value.ordinal, handle);
    return (value) => {
      const data = value instanceof BufferView ? value.toNdArray() : value;
      if (!this.#tensor!.takesData(data)) {
        throw this.#value.refuse(
          `must be ${this.#tensor!.description}, got ${describeValue(data)}`,
        );
      }
      const { dims, bytes } = this.#tensor!.encode(data);
      if (dims.join("x") !== shape.join("x")) {
        throw this.#value.refuse(
          `must have the shape [${shape}], which was announced, got [${dims}]`,
        );
      }
      writeBufferView(handle, 0, bytes);
    };
  }

  #prepareScalar(value: unknown): number | bigint {
    const range = this.#range;
    if (!range.fits(value)) {
      throw this.#value.refuse(
        `must be ${range.range}, got ${describeValue(value)}`,
      );
    }
    if (this.#scalar !== undefined) return this.#scalar.encode(Number(value));
    return this.#slot.type === "i64"
      ? BigInt(value as number)
      : value as number;
  }

  /** Writes a result. */
  write(
    scope: HostScope,
    id: number,
    values: FrameValues,
    value: PreparedResult,
  ): void {
    const { offset } = this.#slot;
    switch (this.#slot.type) {
      case "i32":
        values.i32[offset >> 2] = value as number;
        break;
      case "i64":
        values.i64[offset >> 3] = value as bigint;
        break;
      case "f32":
        values.f32[offset >> 2] = value as number;
        break;
      case "f64":
        values.f64[offset >> 3] = value as number;
        break;
      default:
        this.#writeReference(scope, id, value as Handle | TensorBytes | null);
    }
  }

  #writeReference(
    { module, devices }: HostScope,
    id: number,
    value: Handle | TensorBytes | null,
  ): void {
    if (value === null) return;
    if ("bytes" in value) {
      setHostTensor(module.instance, devices, id, this.#value.ordinal, value);
    } else {
      setHostReference(module, id, this.#value.ordinal, value);
    }
  }
}
