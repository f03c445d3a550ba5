import { referencesEqual, referenceTypeName } from "../../ffi/reference.ts";
import type { Facts } from "../base/printing.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

/**
 * A reference to an object whose type does not have its own class here, such as
 * a type defined by a native module. You can keep it, compare it, store it in
 * lists and pass it to functions. Only its module can access its contents.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance } from "@iree/runtime";
 * import { parseTensor, storageOf } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * using tensor = parseTensor(instance, "4xf32=1 2 3 4");
 * using storage = storageOf(tensor);
 * using same = storageOf(tensor);
 * assertEquals(storage.typeName, "hal.buffer");
 * assertEquals(storage.equals(same), true);
 * ```
 */
export class VmRef extends NativeObject {
  #typeName: string | undefined;

  /** Full name of the object's type, such as `custom.string`. */
  get typeName(): string {
    return this.#typeName ??= referenceTypeName(handleOf(this));
  }

  /**
   * Whether both refer to the same object.
   *
   * @param other Another reference.
   */
  equals(other: VmRef): boolean {
    return referencesEqual(handleOf(this), handleOf(other));
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      typeName: () => this.typeName,
    };
  }
}
