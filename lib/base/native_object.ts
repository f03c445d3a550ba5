import { Handle } from "../../ffi/ownership/handle.ts";
import { IreeError } from "./error.ts";

// The net under `using`: what was dropped without dispose is let go when it is
// collected.
const abandoned = new FinalizationRegistry<Handle>((handle) =>
  handle.release()
);

let isMade: (value: unknown) => value is NativeObject;
let readHandle: (object: NativeObject) => Handle;

/**
 * Base of all wrappers of native objects: owns one reference and lets it go on
 * disposal. Objects can be disposed in any order, and more than once; what one
 * was made from lives on natively as long as it is needed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, List } from "@iree/runtime";
 *
 * const instance = Instance.open();
 * using list = List.from(instance, [1, 2]);
 * instance.dispose();
 * instance.dispose();
 * assertEquals(instance.disposed, true);
 * assertEquals(list.size, 2);
 * ```
 */
export abstract class NativeObject implements Disposable {
  #handle: Handle | undefined;

  /**
   * Takes over a handle.
   *
   * @param handle What the object owns.
   * @internal
   */
  constructor(handle: Handle) {
    if (!Handle.is(handle)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `a ${new.target.name} is made by functions of the package, not by new`,
      );
    }
    this.#handle = handle;
    abandoned.register(this, handle, this);
  }

  /** Whether the object was disposed. */
  get disposed(): boolean {
    return this.#handle === undefined;
  }

  /** Lets the native object go. Doing it again does nothing. */
  dispose(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    abandoned.unregister(this);
    handle.release();
  }

  /** Same as {@linkcode NativeObject.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  static {
    isMade = (value): value is NativeObject =>
      typeof value === "object" && value !== null && #handle in value;
    readHandle = (object) => {
      if (!isMade(object)) throw notMade(object);
      const handle = object.#handle;
      if (handle !== undefined) return handle;
      throw new IreeError(
        "FAILED_PRECONDITION",
        `this ${object.constructor.name} was disposed`,
      );
    };
  }
}

/**
 * Handle of an object, for calls to `ffi/`.
 *
 * @param object The object.
 * @returns Its handle; throws when the object was disposed.
 */
export function handleOf(object: NativeObject): Handle {
  return readHandle(object);
}

/**
 * Handle of whatever may be such an object. Asks no prototype: that is what it
 * was made as.
 *
 * @param value Any value.
 * @returns The handle, or `undefined` for anything else; throws when the object
 * was disposed.
 */
export function handleIn(value: unknown): Handle | undefined {
  return isMade(value) ? readHandle(value) : undefined;
}

/** Whether something passes for such an object, and is none. */
export function isForged(value: unknown): boolean {
  return value instanceof NativeObject && !isMade(value);
}

// `Object.create(List.prototype)` passes for a list until it is looked into.
function notMade(object: NativeObject | null | undefined): IreeError {
  const name = object?.constructor?.name ?? `${object && typeof object}`;
  return new IreeError(
    "INVALID_ARGUMENT",
    `this ${name} is none: it was not made by a function of the package`,
  );
}
