/**
 * Arguments and results of a call of a host function.
 *
 * @module
 */

import type { TensorBytes } from "../buffer_view.ts";
import { arrayOf } from "../base/intrinsics.ts";
import { byteLengthOf, lengthOf } from "../base/typed_array.ts";
import { encodeText } from "../base/text.ts";
import { native } from "../library/library.ts";
import {
  check,
  checkLength,
  created,
  issued,
  readRecord,
  readString,
} from "../library/status.ts";
import type { Handle } from "../ownership/handle.ts";
import { Kind } from "../ownership/kind.ts";
import { own } from "../ownership/own.ts";
import { runElsewhere } from "../ownership/thread_pool.ts";
import { ownReference } from "../reference.ts";
import { keepThrown } from "./errors.ts";
import { hostPointer } from "./host.ts";

/** Takes an argument that is not null. */
export function takeHostArgument(
  module: Handle,
  id: number,
  ordinal: number,
  kind: number,
): Handle {
  const pointer = native.iree_ffi_host_take_ref(
    hostPointer(),
    id,
    ordinal,
    kind,
  );
  return ownReference(kind, created(pointer), module);
}

/** `IREE_FFI_MAX_RANK`. */
const MAX_RANK = 128;

const dims = new Float64Array(MAX_RANK);

/**
 * Copies the contents of a tensor that is an argument.
 *
 * @returns Its shape.
 */
export function readHostTensor(
  id: number,
  ordinal: number,
  target: ArrayBufferView<ArrayBuffer>,
): number[] {
  const rank = checkLength(native.iree_ffi_host_read_tensor(
    hostPointer(),
    id,
    ordinal,
    dims,
    MAX_RANK,
    target,
    byteLengthOf(target),
  ));
  return arrayOf(rank, (axis) => dims[axis]!);
}

/** Reads the name of the trace point that makes a call. */
export function readTraceName(id: number): string {
  return readString((buffer, capacity) =>
    native.iree_ffi_host_text(hostPointer(), id, buffer, capacity)
  );
}

/** Bytes of a parameter that a call reads. */
export interface ParameterSpan {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** Reads what a call for parameters wants. */
export function readParameterSpans(id: number): ParameterSpan[] {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_host_spans(hostPointer(), id, buffer, capacity)
  );
  return Array.from({ length: record.u32() }, () => ({
    key: record.string(),
    offset: record.u64(),
    length: record.u64(),
  }));
}

/** Copies the bytes of a span, which must be all, to the program. */
export function fillParameterSpan(
  id: number,
  ordinal: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  check(
    native.iree_ffi_host_fill(
      hostPointer(),
      id,
      ordinal,
      bytes,
      lengthOf(bytes),
    ),
  );
}

/** Sets a result to an object. */
export function setHostReference(
  module: Handle,
  id: number,
  ordinal: number,
  object: Handle,
): void {
  object.demandContents();
  module.join(object);
  if (object.kind === Kind.list) module.lists.note();
  const { kind } = object;
  check(
    native.iree_ffi_host_set_ref(
      hostPointer(),
      id,
      ordinal,
      kind,
      object.pointer(kind),
    ),
  );
}

/** Sets a result to a new tensor. */
export function setHostTensor(
  instance: Handle,
  devices: Handle | undefined,
  id: number,
  ordinal: number,
  { code, dims, bytes }: TensorBytes,
): void {
  const status = native.iree_ffi_host_set_tensor(
    hostPointer(),
    id,
    ordinal,
    instance.pointer(Kind.instance),
    devices?.pointer(Kind.deviceGroup) ?? null,
    code,
    dims,
    lengthOf(dims),
    bytes,
    byteLengthOf(bytes),
  );
  if (status !== 0) check(status);
}

/** Takes the fences of a call of the model coarse-fences. */
export function takeFences(instance: Handle, id: number): Handle {
  return own(
    Kind.hostFences,
    native.iree_ffi_host_take_fences(hostPointer(), id),
    instance,
  );
}

/** Waits until arguments are written; throws the failure of that. */
export async function waitForArguments(fences: Handle): Promise<void> {
  const pointer = fences.pointer(Kind.hostFences);
  await runElsewhere(() => {
    const ticket = issued(native.iree_ffi_host_fences_hold(pointer));
    return native.iree_ffi_host_fences_wait(ticket);
  });
  check(native.iree_ffi_host_fences_begin(pointer));
}

/** Waits until arguments are written, and blocks meanwhile. */
export function blockForArguments(fences: Handle): void {
  const pointer = fences.pointer(Kind.hostFences);
  check(native.iree_ffi_host_fences_block(pointer));
}

/** Signals that results are written. */
export function signalFences(fences: Handle): void {
  native.iree_ffi_host_fences_signal(fences.pointer(Kind.hostFences));
}

/** Fails what waits for the results. */
export function failFences(fences: Handle, error: unknown): void {
  const { code, message } = keepThrown(error);
  const bytes = encodeText(message.toWellFormed(), "the message");
  native.iree_ffi_host_fences_fail(
    fences.pointer(Kind.hostFences),
    code,
    bytes,
    lengthOf(bytes),
  );
}
