/**
 * Tensors as IREE's tools read, print and compare them.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { encodeName, encodeText } from "./base/text.ts";
import { type Bytes, bytesOf } from "./base/typed_array.ts";
import { ownBufferView, type Placement } from "./buffer_view.ts";
import { native } from "./library/library.ts";
import { check, readString } from "./library/status.ts";
import { idleList } from "./list.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { ownReference } from "./reference.ts";

/**
 * Creates a tensor from IREE's text of it, or from the text of its type and its
 * contents.
 *
 * @param memory Where it lies.
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
      bytes.length,
      source,
      BigInt(source?.length ?? 0),
    ),
  );
}

/** How floating point is compared. */
export interface Equality {
  readonly exact: boolean;
  readonly f16Tolerance: number;
  readonly f32Tolerance: number;
  readonly f64Tolerance: number;
  readonly bf16Tolerance: number;
  readonly relativeTolerance: number;
}

/** Tells why a tensor does not match another one; empty when it does. */
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

/** The `!hal.buffer` that the contents of a view are in. */
export function viewStorage(view: Handle): Handle {
  const pointer = native.iree_ffi_buffer_view_storage(
    view.pointerToContents(Kind.bufferView),
  );
  return ownReference(Kind.ref, pointer, view);
}

/** A view of i8 over all of a `!hal.buffer`. */
export function viewOfStorage(reference: Handle): Handle {
  const pointer = native.iree_ffi_buffer_view_of_storage(
    reference.pointerToContents(Kind.ref),
  );
  return ownReference(Kind.bufferView, pointer, reference);
}

/**
 * Replaces what the host cannot read in a list by copies that it can.
 *
 * @param list The list.
 * @param devices A group of devices.
 * @param ordinal Which of them makes the copies.
 */
export function listToHost(
  list: Handle,
  devices: Handle,
  ordinal: number,
): void {
  const pointer = idleList(list);
  list.deviceLifetime.addDevice(devices);
  check(
    native.iree_ffi_list_to_host(
      pointer,
      devices.pointer(Kind.deviceGroup),
      ordinal,
    ),
  );
}

/**
 * Sets one of IREE's flags for the whole process and for good.
 *
 * @param argument The flag: `--name=value`. One that IREE answers by printing
 * something ends the process.
 */
export function setFlag(argument: string): void {
  const bytes = encodeName(argument, "a flag");
  check(native.iree_ffi_flag_set(bytes, bytes.length));
}

/**
 * Refuses what is there and not a regular file. A library's folder need not be
 * readable to Deno.
 *
 * @param path The file.
 */
export function checkLibraryFile(path: NativePath): void {
  const bytes = encodeName(path, "the path of a library");
  check(native.iree_ffi_file_check(bytes, bytes.length));
}

/** Begins to profile a device of a group as IREE's flags say. */
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
 * Ends the process after a time, unless the watchdog is released before.
 *
 * @param instance The instance.
 * @param milliseconds The time.
 * @param exitStatus How the process ends.
 * @param message What is written to stderr.
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
      bytes.length,
    ),
    instance,
  );
}
