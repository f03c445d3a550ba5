import type { FrameValues, HostCall } from "../../ffi/host/host.ts";
import {
  readHostShape,
  readHostTensor,
  setHostReference,
  setHostTensor,
  takeHostArgument,
} from "../../ffi/host/call.ts";
import { writeBufferView } from "../../ffi/buffer_view.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { parseTensor } from "../../ffi/tooling.ts";
import { describeValue } from "../base/describe.ts";
import type { IreeError } from "../base/error.ts";
import { handleOf, type NativeObject } from "../base/native_object.ts";
import { TensorArgument } from "../call/tensor_argument.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Slot } from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import type { DeclaredValue, TensorType } from "../signature/signature.ts";
import { elementTypeOfCode } from "../tensor/element_type.ts";
import { arrayFor } from "../tensor/encode_tensor.ts";
import { type DeclaredScalar, SCALARS } from "../tensor/scalar.ts";
import type {
  EncodedTensor,
  NdArray,
  TensorData,
} from "../tensor/tensor_data.ts";
import { unwrapObject, wrapObject } from "../vm/value.ts";
import type { HostType } from "./host_type.ts";

/** What the values of a call belong to. */
export interface HostScope {
  /** The module. */
  readonly module: Handle;
  /** The devices of the calling context. */
  readonly devices: Handle | undefined;
  /** Objects to dispose after the call. */
  readonly owned: NativeObject[];
}

type Refuse = (problem: string) => IreeError;

/** Whether a declared value is a tensor. */
function isTensor(declared: DeclaredValue): boolean {
  return declared.kind === "tensor" ||
    (declared.kind === "object" && declared.type === "hal.buffer_view");
}

/** An argument of a host function. */
export class HostArgumentReader {
  readonly #ordinal: number;
  readonly #slot: Slot;
  readonly #declared: DeclaredValue;
  readonly #scalar: DeclaredScalar | undefined;
  readonly #hostType: HostType | undefined;
  readonly #views: boolean;
  readonly #refuse: Refuse;

  constructor(
    ordinal: number,
    slot: Slot,
    declared: DeclaredValue,
    hostType: HostType | undefined,
    views: boolean,
    refuse: Refuse,
  ) {
    this.#ordinal = ordinal;
    this.#slot = slot;
    this.#declared = declared;
    this.#scalar = declaredScalar(declared);
    this.#hostType = hostType;
    this.#views = views;
    this.#refuse = refuse;
  }

  /** Reads the argument of a call. */
  read(scope: HostScope, call: HostCall, values: FrameValues): unknown {
    const { offset } = this.#slot;
    switch (this.#slot.type) {
      case "i32": {
        const value = values.i32[offset >> 2]!;
        return this.#scalar === undefined ? value : this.#scalar.decode(value);
      }
      case "i64":
        return values.i64[offset >> 3]!;
      case "f32":
        return values.f32[offset >> 2]!;
      case "f64":
        return values.f64[offset >> 3]!;
      default:
        return this.#readReference(scope, call, values, offset);
    }
  }

  /**
   * Takes the argument of a call whose contents are not written yet.
   *
   * @returns What reads it later.
   */
  hold(scope: HostScope, call: HostCall, values: FrameValues): () => unknown {
    const { type, offset } = this.#slot;
    const isLater = type === "ref" && !this.#views &&
      values.i32[offset >> 2] === Kind.bufferView && isTensor(this.#declared);
    if (!isLater) {
      const value = this.read(scope, call, values);
      return () => value;
    }
    const { module } = scope;
    const view = new BufferView(
      takeHostArgument(module, call.id, this.#ordinal, Kind.bufferView),
    );
    scope.owned.push(view);
    return () => view.toNdArray();
  }

  #readReference(
    scope: HostScope,
    call: HostCall,
    values: FrameValues,
    offset: number,
  ): unknown {
    const kind = values.i32[offset >> 2]!;
    if (kind === Kind.null) {
      if (this.#declared.kind !== "tensor") return null;
      throw this.#refuse("must be a tensor, got null");
    }
    if (kind === Kind.bufferView && !this.#views && isTensor(this.#declared)) {
      const code = values.i32[(offset >> 2) + 1]!;
      return this.#readTensor(call.id, code, values.f64[(offset >> 3) + 1]!);
    }
    const handle = takeHostArgument(
      scope.module,
      call.id,
      this.#ordinal,
      kind,
    );
    const object = wrapObject(handle);
    scope.owned.push(object);
    return this.#hostType === undefined
      ? object
      : this.#hostType.unwrap(handle, this.#refuse("").detail.trim());
  }

  #readTensor(id: number, code: number, byteLength: number): NdArray {
    const info = elementTypeOfCode(code);
    if (info === undefined) {
      throw this.#refuse("has elements without an array class; use views");
    }
    const data = arrayFor(info, byteLength);
    const shape = readHostShape(id, this.#ordinal);
    readHostTensor(id, this.#ordinal, data);
    return { elementType: info.name, shape, data };
  }
}

/** A result that was checked, and is ready to be written. */
export type PreparedResult =
  | number
  | bigint
  | Handle
  | EncodedTensor
  | null;

/** A result of a host function. */
export class HostResultWriter {
  /** The declared type. */
  readonly declared: DeclaredValue;
  readonly #ordinal: number;
  readonly #slot: Slot;
  readonly #scalar: DeclaredScalar | undefined;
  readonly #tensor: TensorArgument | undefined;
  readonly #hostType: HostType | undefined;
  readonly #refuse: Refuse;

  constructor(
    ordinal: number,
    slot: Slot,
    declared: DeclaredValue,
    hostType: HostType | undefined,
    refuse: Refuse,
  ) {
    this.#ordinal = ordinal;
    this.#slot = slot;
    this.declared = declared;
    this.#scalar = declaredScalar(declared);
    this.#tensor = isTensor(declared)
      ? new TensorArgument(declared, refuse)
      : undefined;
    this.#hostType = hostType;
    this.#refuse = refuse;
  }

  /** Checks a result. */
  prepare(scope: HostScope, value: unknown): PreparedResult {
    if (this.#slot.type !== "ref") return this.#prepareScalar(value);
    if (value === null) {
      this.#tensor?.checkNull();
      return null;
    }
    if (this.#hostType !== undefined) {
      const object = this.#hostType.wrap(scope.module.instance, value);
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
    throw this.#refuse(
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
    setHostReference(scope.module, id, this.#ordinal, handle);
    return (value) => {
      const data = value instanceof BufferView ? value.toNdArray() : value;
      if (!this.#tensor!.takesData(data)) {
        throw this.#refuse(
          `must be ${this.#tensor!.description}, got ${describeValue(data)}`,
        );
      }
      const { dims, bytes } = this.#tensor!.encode(data);
      if (dims.join("x") !== shape.join("x")) {
        throw this.#refuse(
          `must have the shape [${shape}], which was announced, got [${dims}]`,
        );
      }
      writeBufferView(handle, 0, bytes);
    };
  }

  #prepareScalar(value: unknown): number | bigint {
    const { type } = this.#slot;
    const range = this.#scalar ?? SCALARS[type as "i32"];
    if (!range.fits(value)) {
      throw this.#refuse(
        `must be ${range.range}, got ${describeValue(value)}`,
      );
    }
    if (this.#scalar !== undefined) return this.#scalar.encode(Number(value));
    return type === "i64" ? BigInt(value as number) : value as number;
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
        this.#writeReference(scope, id, value as Handle | EncodedTensor | null);
    }
  }

  #writeReference(
    { module, devices }: HostScope,
    id: number,
    value: Handle | EncodedTensor | null,
  ): void {
    if (value === null) return;
    if ("bytes" in value) {
      setHostTensor(module.instance, devices, id, this.#ordinal, value);
    } else {
      setHostReference(module, id, this.#ordinal, value);
    }
  }
}
