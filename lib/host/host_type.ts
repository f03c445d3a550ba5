import { weakMap } from "../../ffi/base/intrinsics.ts";
import {
  createHostValue,
  readHostValue,
  registerHostType,
} from "../../ffi/host/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { referenceTypeName } from "../../ffi/reference.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, isNativeObject } from "../base/native_object.ts";
import { toText } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { VmRef } from "../vm/vm_ref.ts";

/**
 * A type whose objects hold a JavaScript value. Programs store and pass such
 * objects, and only modules in TypeScript read them. The value is released when
 * the last reference to the object is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hostType, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * const url = hostType<URL>("example.url");
 * using object = url.create(instance, new URL("https://iree.dev"));
 * assertEquals(object.typeName, "example.url");
 * assertEquals(url.read(object).host, "iree.dev");
 * ```
 *
 * @typeParam Held The value.
 */
export class HostType<Held = unknown, Name extends string = string> {
  /** Full name of the type, as programs write it after `!`. */
  readonly name: Name;
  readonly #registered = weakMap<Handle, true>();

  /**
   * Use {@linkcode hostType}.
   *
   * @param name Full name.
   * @internal
   */
  constructor(name: Name) {
    this.name = name;
  }

  /** Whether a value is a type, regardless of its prototype. */
  static is(value: unknown): value is HostType {
    return typeof value === "object" && value !== null && #registered in value;
  }

  /**
   * Creates an object.
   *
   * @param instance The instance.
   * @param value The value; kept as it is, not copied.
   * @returns The object, for the caller to dispose. Throws PERMISSION_DENIED
   * without unrestricted `--allow-ffi`.
   */
  create(instance: Instance, value: Held): VmRef {
    return new VmRef(this.wrap(handleOf(instance), value));
  }

  /**
   * Reads the value of an object.
   *
   * @param object The object.
   * @returns The value; throws INVALID_ARGUMENT for an object of another type,
   * or of another worker.
   */
  read(object: VmRef): Held {
    if (isNativeObject(object) && object instanceof VmRef) {
      return this.unwrap(handleOf(object), "object");
    }
    throw new IreeError(
      "INVALID_ARGUMENT",
      `object must be a ${this.name}, got ${describeValue(object)}`,
    );
  }

  /**
   * Registers the type.
   *
   * @param instance The instance.
   * @internal
   */
  register(instance: Handle): void {
    if (this.#registered.has(instance)) return;
    registerHostType(instance, this.name);
    this.#registered.set(instance, true);
  }

  /**
   * Creates the handle of an object.
   *
   * @param instance The instance.
   * @param value The value.
   * @internal
   */
  wrap(instance: Handle, value: Held): Handle {
    this.register(instance);
    return createHostValue(instance, this.name, value);
  }

  /**
   * Reads the value of a handle.
   *
   * @param object The object.
   * @param what What it is, for the message.
   * @internal
   */
  unwrap(object: Handle, what: string): Held {
    const typeName = object.kind === Kind.ref
      ? referenceTypeName(object)
      : undefined;
    const held = typeName === this.name ? readHostValue(object) : undefined;
    if (held !== undefined) return held.value as Held;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `${what} must be a ${this.name} of this program or worker, got ` +
        (typeName ?? "another object"),
    );
  }
}

/**
 * Defines a type for modules in TypeScript.
 *
 * @typeParam Held The value that an object holds.
 * @param name Full name, such as `example.url`.
 */
export function hostType<Held, const Name extends string = string>(
  name: Name,
): HostType<Held, Name> {
  if (!/^[A-Za-z_][\w$]*(?:\.[\w$]+)+$/.test(toText("the name", name))) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the name of a type must be 'module.type', got '${name}'`,
    );
  }
  return new HostType(name);
}
