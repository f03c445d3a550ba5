/**
 * Modules, types and values of the host.
 *
 * @module
 */

import { concatenate, packStrings } from "../base/record.ts";
import { encodeText } from "../base/text.ts";
import { lengthOf } from "../base/typed_array.ts";
import { native } from "../library/library.ts";
import { check } from "../library/status.ts";
import type { Handle } from "../ownership/handle.ts";
import { Kind } from "../ownership/kind.ts";
import { own } from "../ownership/own.ts";
import {
  dropKey,
  hostPointer,
  type HostTarget,
  newKey,
  takeReleased,
  withTarget,
} from "./host.ts";
import { setHostKeys } from "./keys.ts";
import { dropValue, keepValue, valueOf } from "./values.ts";

/** A function of a module for native code. */
export interface HostFunctionRecord {
  readonly name: string;
  readonly callingConvention: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Creates a module.
 *
 * @param instance The instance.
 * @param name Its name.
 * @param version Its version.
 * @param functions Its functions.
 * @param target Makes their calls.
 */
export function createHostModule(
  instance: Handle,
  name: string,
  version: number,
  functions: readonly HostFunctionRecord[],
  target: HostTarget,
): Handle {
  const record = packModule(name, version, functions);
  return withTarget(target, ({ pointer, key }) => {
    const module = own(
      Kind.module,
      native.iree_ffi_host_module_create(
        instance.pointer(Kind.instance),
        pointer,
        key,
        record,
        lengthOf(record),
      ),
      instance,
    );
    setHostKeys(module, [key]);
    module.shareLists();
    return module;
  });
}

function packModule(
  name: string,
  version: number,
  functions: readonly HostFunctionRecord[],
): Uint8Array<ArrayBuffer> {
  return concatenate([
    packStrings(version, [encodeText(name, "the name of a module")]),
    packStrings(functions.length, []),
    ...functions.flatMap(({ name, callingConvention, attributes }) => {
      const pairs = Object.entries(attributes);
      return [
        // Without the number in front.
        packStrings(0, [
          encodeText(name, "the name of a function"),
          encodeText(callingConvention, "a calling convention"),
        ]).subarray(4),
        packStrings(
          pairs.length,
          pairs.flat().map((it) => encodeText(it, "an attribute")),
        ),
      ];
    }),
  ]);
}

/** The key of a module's state in a context. */
export function hostStateKey(context: Handle, module: Handle): number {
  const key = native.iree_ffi_host_state_key(
    context.pointer(Kind.context),
    module.pointer(Kind.module),
  );
  if (key === 0) check(native.iree_ffi_failure_code());
  return key;
}

/** Registers a type whose objects hold values of the host. */
export function registerHostType(instance: Handle, name: string): void {
  const bytes = encodeText(name, "the name of a type");
  check(
    native.iree_ffi_host_type_register(
      instance.pointer(Kind.instance),
      bytes,
      lengthOf(bytes),
    ),
  );
}

/** Creates an object that holds a value. */
export function createHostValue(
  instance: Handle,
  typeName: string,
  value: unknown,
): Handle {
  takeReleased();
  const bytes = encodeText(typeName, "the name of a type");
  const host = hostPointer();
  const key = newKey(() => dropValue(key));
  keepValue(key, value, takeReleased);
  try {
    return own(
      Kind.ref,
      native.iree_ffi_host_value_create(host, bytes, lengthOf(bytes), key),
      instance,
    );
  } catch (error) {
    dropKey(key);
    dropValue(key);
    throw error;
  }
}

/** The value that an object holds. */
export interface HeldValue {
  readonly value: unknown;
}

/** Reads the value of an object; undefined if it is not one of this isolate. */
export function readHostValue(object: Handle): HeldValue | undefined {
  if (object.kind !== Kind.ref) return undefined;
  const key = native.iree_ffi_host_value_key(
    hostPointer(),
    object.pointer(Kind.ref),
  );
  return key === 0 ? undefined : { value: valueOf(key) };
}
