import { Handle } from "../../ffi/ownership/handle.ts";
import { type Facts, inspectFacts, printBy } from "./printing.ts";
import { IreeError } from "./error.ts";
import { NOT_CLONEABLE } from "./not_cloneable.ts";
import { trace } from "./object_trace.ts";

// A safety net: releases garbage-collected objects that were not disposed.
const abandoned = new FinalizationRegistry<Handle>((handle) =>
  handle.release()
);

/** Marks the objects of all copies of the package. */
const BRAND = Symbol.for("@iree/runtime/NativeObject");

let isMade: (value: unknown) => value is NativeObject;
let readHandle: (object: NativeObject) => Handle;

/**
 * Base of all wrappers of native objects: owns one reference and releases it
 * on disposal. Objects can be disposed in any order and more than once. Their
 * dependencies stay alive natively as long as needed.
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
  /**
   * Makes `structuredClone` and `postMessage` reject the object.
   *
   * @internal
   */
  protected readonly cannotBeCloned: object = NOT_CLONEABLE;
  #handle: Handle | undefined;

  /**
   * Takes ownership of a handle.
   *
   * @param handle The owned handle.
   * @internal
   */
  constructor(handle: Handle) {
    if (!Handle.is(handle)) throw noConstructor(new.target.name);
    this.#handle = handle;
    abandoned.register(this, handle, this);
    trace?.add(this);
  }

  /** Whether the object was disposed. */
  get disposed(): boolean {
    return this.#handle === undefined;
  }

  /** Releases the native object. Does nothing if already disposed. */
  dispose(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    abandoned.unregister(this);
    trace?.delete(this);
    handle.release();
  }

  /** Same as {@linkcode NativeObject.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Returns the object's JSON form, for `JSON.stringify`: nested arrays for a
   * tensor, the elements for a list. Throws UNIMPLEMENTED for other objects.
   */
  toJSON(): unknown {
    throw new IreeError(
      "UNIMPLEMENTED",
      `${nameOf(this)} objects have no JSON form`,
    );
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected describe(): Facts {
    return {};
  }

  // Prints the class and the facts; a disposed object has fewer.
  static {
    printBy<NativeObject>(NativeObject.prototype, function (inspect, options) {
      const name = nameOf(this);
      return isMade(this)
        ? inspectFacts(name, this.describe(), this.disposed, inspect, options)
        : `${name} {}`;
    });
  }

  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
    isMade = (value): value is NativeObject =>
      typeof value === "object" && value !== null && #handle in value;
    readHandle = (object) => {
      if (!isMade(object)) throw notMade(object);
      const handle = object.#handle;
      if (handle !== undefined) return handle;
      throw new IreeError(
        "FAILED_PRECONDITION",
        `this ${nameOf(object)} was disposed`,
      );
    };
  }
}

/**
 * Rejects calls of a constructor from outside of the package.
 *
 * @param handle The constructor's argument.
 * @param name Name of the class.
 */
export function demandHandle(handle: unknown, name: string): void {
  if (!Handle.is(handle)) throw noConstructor(name);
}

function noConstructor(name: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${name} has no public constructor; use a function that returns one`,
  );
}

/**
 * Returns an object's handle, for calls to `ffi/`.
 *
 * @param object The object.
 * @returns Its handle; throws if the object was disposed.
 */
export function handleOf(object: NativeObject): Handle {
  return readHandle(object);
}

/**
 * Returns the handle of a value that may be a native object, regardless of its
 * prototype.
 *
 * @param value Any value.
 * @returns The handle, or `undefined` for anything else; throws if the object
 * was disposed.
 */
export function handleIn(value: unknown): Handle | undefined {
  return isMade(value) ? readHandle(value) : undefined;
}

/** Whether a value is such an object, regardless of its prototype. */
export function isNativeObject(value: unknown): value is NativeObject {
  return isMade(value);
}

/**
 * Whether an object only looks like a native object: a Proxy, or the result of
 * `Object.create`.
 */
export function isForged(value: object): boolean {
  return value instanceof NativeObject && !isMade(value);
}

/** Whether an object is a native object of another copy of the package. */
export function isForeign(value: object): boolean {
  return BRAND in value && !(value instanceof NativeObject);
}

function nameOf(object: unknown): string {
  try {
    const { name } = (object as object).constructor;
    return typeof name === "string" ? name : "object";
  } catch {
    return typeof object === "object" && object !== null
      ? "object"
      : `${object && typeof object}`;
  }
}

// `Object.create(List.prototype)` passes for a list until its handle is read.
function notMade(object: unknown): IreeError {
  const problem = isLookAlike(object)
    ? `this ${nameOf(object)} was not created by this package`
    : `an argument must be an object of this package, got ${nameOf(object)}`;
  return new IreeError("INVALID_ARGUMENT", problem);
}

function isLookAlike(object: unknown): boolean {
  try {
    return object instanceof NativeObject;
  } catch {
    return false; // a revoked Proxy
  }
}
