import type { FrameValues, HostCall } from "../../ffi/host/host.ts";
import { takeHostArgument } from "../../ffi/host/call.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { BufferView } from "../hal/buffer_view.ts";
import { copyHostTensor } from "../hal/host_tensor.ts";
import type { Slot } from "../signature/calling_convention.ts";
import { declaredScalar } from "../signature/declared_scalar.ts";
import type { DeclaredScalar } from "../tensor/scalar.ts";
import { wrapObject } from "../vm/value.ts";
import { type HostScope, type HostValue, isTensor } from "./host_value.ts";

/** An argument of a host function. */
export class HostArgumentReader {
  readonly #value: HostValue;
  readonly #slot: Slot;
  readonly #scalar: DeclaredScalar | undefined;
  readonly #copies: boolean;

  constructor(value: HostValue, views: boolean) {
    this.#value = value;
    this.#slot = value.slot;
    this.#scalar = declaredScalar(value.declared);
    this.#copies = !views && isTensor(value.declared);
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
    const isLater = type === "ref" && this.#copies &&
      values.i32[offset >> 2] === Kind.bufferView;
    if (!isLater) {
      const value = this.read(scope, call, values);
      return () => value;
    }
    const { module } = scope;
    const view = new BufferView(
      takeHostArgument(module, call.id, this.#value.ordinal, Kind.bufferView),
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
    const { ordinal, declared, hostType, refuse } = this.#value;
    const kind = values.i32[offset >> 2]!;
    if (kind === Kind.null) {
      if (declared.kind !== "tensor") return null;
      throw refuse("must be a tensor, got null");
    }
    if (kind === Kind.bufferView && this.#copies) {
      const copy = copyHostTensor(call.id, ordinal, values, offset);
      if (copy !== undefined) return copy;
      throw refuse("has elements without an array class; use views");
    }
    const handle = takeHostArgument(scope.module, call.id, ordinal, kind);
    const object = wrapObject(handle);
    scope.owned.push(object);
    return hostType === undefined
      ? object
      : hostType.unwrap(handle, refuse("").detail.trim());
  }
}
