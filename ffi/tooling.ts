/**
 * Reading, printing and comparing tensors like IREE's tools.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { toBigint } from "./base/intrinsics.ts";
import { encodeName, encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { ownBufferView, type Placement } from "./buffer_view.ts";
import { native } from "./library/library.ts";
import { check, readString } from "./library/status.ts";
import { idleList } from "./list.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { ownReference } from "./reference.ts";

/**
 * Creates a tensor from IREE's text form, or from the text of its type and its
 * contents.
 *
 * @param memory Where to allocate it.
 * @param text The text.
 * @param contents The contents, which are copied.
 */
export function parseTensor(
  memory: Placement,
  text: string,
  contents?: Bytes,
): Handle {
  const { instance, devices, ordinal } = memory;
  const bytes = encodeText(text, "the text of a tensor");
  const source = contents === undefined
    ? null
    : bytesOf(contents, "the contents of a tensor");
  return ownBufferView(
    memory,
    native.iree_ffi_tensor_parse(
      instance.pointer(Kind.instance),
      devices?.pointer(Kind.deviceGroup) ?? null,
      ordinal,
      bytes,
      lengthOf(bytes),
      source,
      toBigint(source === null ? 0 : lengthOf(source)),
    ),
  );
}

/** Tolerances for comparing floating-point elements. */
export interface Equality {
  readonly exact: boolean;
  readonly f16Tolerance: number;
  readonly f32Tolerance: number;
  readonly f64Tolerance: number;
  readonly bf16Tolerance: number;
  readonly relativeTolerance: number;
}

/** Returns why a tensor does not match another one; empty if it does. */
export function compareTensors(
  expected: Handle,
  actual: Handle,
  equality: Equality,
): string {
  return readString((buffer, capacity) =>
    native.iree_ffi_tensor_compare(
      expected.pointerToContents(Kind.bufferView),
      actual.pointerToContents(Kind.bufferView),
      equality.exact ? 1 : 0,
      equality.f16Tolerance,
      equality.f32Tolerance,
      equality.f64Tolerance,
      equality.bf16Tolerance,
      equality.relativeTolerance,
      buffer,
      capacity,
    )
  );
}

/** Returns the `!hal.buffer` that holds the contents of a view. */
export function viewStorage(view: Handle): Handle {
  const pointer = native.iree_ffi_buffer_view_storage(
    view.pointerToContents(Kind.bufferView),
  );
  return ownReference(Kind.ref, pointer, view);
}

/** Returns an i8 view over a whole `!hal.buffer`. */
export function viewOfStorage(reference: Handle): Handle {
  const pointer = native.iree_ffi_buffer_view_of_storage(
    reference.pointerToContents(Kind.ref),
  );
  return ownReference(Kind.bufferView, pointer, reference);
}

/**
 * Replaces objects in a list that the host cannot read with readable copies.
 *
 * @param list The list.
 * @param devices A device group.
 * @param ordinal Ordinal of the device that makes the copies.
 */
export function listToHost(
  list: Handle,
  devices: Handle,
  ordinal: number,
): void {
  const pointer = idleList(list);
  // Another object than a group throws before the list keeps it alive.
  const group = devices.pointer(Kind.deviceGroup);
  list.deviceLifetime.addDevice(devices);
  check(native.iree_ffi_list_to_host(pointer, group, ordinal));
}

/**
 * Sets one of IREE's flags permanently for the whole process.
 *
 * @param argument The flag: `--name=value`. A flag that prints something ends
 * the process.
 */
export function setFlag(argument: string): void {
  const bytes = encodeName(argument, "a flag");
  check(native.iree_ffi_flag_set(bytes, lengthOf(bytes)));
}

/**
 * Rejects paths that exist and are not regular files. Deno does not need to be
 * able to read a library's folder.
 *
 * @param path The file.
 */
export function checkLibraryFile(path: NativePath): void {
  const bytes = encodeName(path, "the path of a library");
  check(native.iree_ffi_file_check(bytes, lengthOf(bytes)));
}

/** Starts profiling a device of a group if IREE's flags enable it. */
export function beginProfiling(devices: Handle, ordinal: number): Handle {
  const profiling = own(
    Kind.profiling,
    native.iree_ffi_profiling_begin(
      devices.pointer(Kind.deviceGroup),
      ordinal,
    ),
    devices.instance,
  );
  profiling.hold([devices]);
  return profiling;
}

/** Ends profiling. */
export function endProfiling(profiling: Handle): void {
  check(native.iree_ffi_profiling_end(profiling.pointer(Kind.profiling)));
}

/**
 * Ends the process after a timeout, unless the watchdog is released first.
 *
 * @param instance The instance.
 * @param milliseconds The timeout.
 * @param exitStatus Exit status of the process.
 * @param message Text to write to stderr.
 */
export function createWatchdog(
  instance: Handle,
  milliseconds: number,
  exitStatus: number,
  message: string,
): Handle {
  const bytes = encodeText(message, "the message of a watchdog");
  return own(
    Kind.watchdog,
    native.iree_ffi_watchdog_create(
      milliseconds,
      exitStatus,
      bytes,
      lengthOf(bytes),
    ),
    instance,
  );
}
