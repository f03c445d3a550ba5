/**
 * Prepared calls.
 *
 * @module
 */

import { STATUS_CODES } from "./base/error.ts";
import { forEachIn } from "./base/intrinsics.ts";
import { encodeText } from "./base/text.ts";
import { byteLengthOf, lengthOf, type Refuse } from "./base/typed_array.ts";
import type { TensorBytes } from "./buffer_view.ts";
import { releaseDelayed } from "./host/active.ts";
import { hostPointer } from "./host/host.ts";
import { answerCalls } from "./host/listener.ts";
import { native } from "./library/library.ts";
import { check, issued } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { runElsewhere } from "./ownership/thread_pool.ts";
import { ownReference } from "./reference.ts";

/** Arguments or results of a call, laid out as in the calling convention. */
export class CallBuffer {
  readonly i32: Int32Array<ArrayBuffer>;
  readonly i64: BigInt64Array<ArrayBuffer>;
  readonly f32: Float32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;

  /**
   * @param byteLength Size in bytes, a multiple of 8; native code accesses as
   * many.
   */
  constructor(byteLength: number) {
    const buffer = new ArrayBuffer(byteLength);
    this.i32 = new Int32Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** How to call a function. */
export interface CallOptions {
  /** The context's devices, if any. */
  readonly devices: Handle | undefined;
  /** Whether the last two arguments are fences, which the call creates. */
  readonly takesFences: boolean;
  /** Length of the arguments of each call in bytes. */
  readonly argumentsLength: number;
  /** Length of the results of each call in bytes. */
  readonly resultsLength: number;
}

/**
 * Prepares calls of a function.
 *
 * @param context The context.
 * @param moduleOrdinal Ordinal of the exporting module in the context.
 * @param name Function name.
 * @param options How to call it.
 */
export function createCall(
  context: Handle,
  moduleOrdinal: number,
  name: string,
  options: CallOptions,
): Handle {
  const { devices, takesFences, argumentsLength, resultsLength } = options;
  const bytes = encodeText(name, "the name of the function");
  const call = own(
    Kind.call,
    native.iree_ffi_call_create(
      context.instance.pointer(Kind.instance),
      context.pointer(Kind.context),
      devices?.pointer(Kind.deviceGroup) ?? null,
      takesFences ? 1 : 0,
      moduleOrdinal,
      bytes,
      lengthOf(bytes),
      argumentsLength,
      resultsLength,
    ),
    context.instance,
  );
  call.hold([context]);
  return call;
}

/** Sets an argument of the context's next call to a reference. */
export function setCallReference(
  context: Handle,
  call: Handle,
  ordinal: number,
  object: Handle | null,
): void {
  let kind: Kind = Kind.null;
  let pointer: Deno.PointerValue = null;
  if (object !== null) {
    object.demandContents(context);
    kind = object.kind;
    pointer = object.pointer(kind);
    // The program may store it, or an object inside it.
    context.join(object);
    if (kind === Kind.list) context.lists.note();
  }
  const status = native.iree_ffi_call_set_ref(
    call.pointer(Kind.call),
    ordinal,
    kind,
    pointer,
  );
  if (status !== 0) check(status);
}

/**
 * Sets an argument of the next call to a new tensor.
 *
 * @param call The call.
 * @param ordinal Ordinal of the argument.
 * @param tensor Element type and shape.
 * @param bytes Its contents.
 * @param refuse Creates the error for contents whose memory is detached.
 */
export function setCallTensor(
  call: Handle,
  ordinal: number,
  { code, dims }: Omit<TensorBytes, "bytes">,
  bytes: ArrayBufferView<ArrayBufferLike>,
  refuse: Refuse,
): void {
  const status = native.iree_ffi_call_set_tensor(
    call.pointer(Kind.call),
    ordinal,
    code,
    dims,
    lengthOf(dims),
    bytes,
    byteLengthOf(bytes, refuse),
  );
  if (status !== 0) check(status);
}

/** A tensor whose contents are in several places. */
export interface PartedTensor extends Omit<TensorBytes, "bytes"> {
  /** The contents, one after another. */
  readonly parts: readonly Uint8Array<ArrayBufferLike>[];
  /** Length of all of them in bytes. */
  readonly byteLength: number;
}

/** Status of a call whose memory the host cannot write. */
const UNAVAILABLE = STATUS_CODES.indexOf("UNAVAILABLE");

/**
 * Sets an argument of the next call to a new tensor, whose parts are copied into
 * its memory without being joined before.
 *
 * @param call The call.
 * @param ordinal Ordinal of the argument.
 * @param tensor The tensor.
 * @param refuse Creates the error for contents that have changed.
 */
export function setCallTensorParts(
  call: Handle,
  ordinal: number,
  tensor: PartedTensor,
  refuse: Refuse,
): void {
  const { code, dims, parts, byteLength } = tensor;
  // Memory that is not filled would have other contents.
  let length = 0;
  for (const part of parts) length += byteLengthOf(part, refuse);
  if (length !== byteLength) throw refuse("has changed during the call");
  if (parts.length === 1) {
    return setCallTensor(call, ordinal, tensor, parts[0]!, refuse);
  }
  const pointer = call.pointer(Kind.call);
  const status = native.iree_ffi_call_begin_tensor(
    pointer,
    ordinal,
    code,
    dims,
    lengthOf(dims),
    byteLength,
  );
  // A transfer to the device for each part would take longer.
  if (status === UNAVAILABLE) {
    const whole = joined(parts, byteLength);
    return setCallTensor(call, ordinal, tensor, whole, refuse);
  }
  if (status !== 0) check(status);
  let offset = 0;
  for (const part of parts) {
    const partLength = byteLengthOf(part);
    const filled = native.iree_ffi_call_fill_tensor(
      pointer,
      ordinal,
      offset,
      part,
      partLength,
    );
    if (filled !== 0) check(filled);
    offset += partLength;
  }
}

function joined(
  parts: readonly Uint8Array<ArrayBufferLike>[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += lengthOf(part);
  }
  return bytes;
}

/** Copies a tensor out of the results of the last call, and releases it. */
export function readCallTensor(
  call: Handle,
  ordinal: number,
  target: ArrayBufferView<ArrayBufferLike>,
): void {
  const status = native.iree_ffi_call_read_tensor(
    call.pointer(Kind.call),
    ordinal,
    target,
    byteLengthOf(target),
  );
  if (status !== 0) check(status);
}

/** Binds the references set as arguments: all further calls use them. */
export function bindCall(call: Handle): void {
  native.iree_ffi_call_bind(call.pointer(Kind.call));
}

/**
 * Calls the function, and throws its failure.
 *
 * @param call The call.
 * @param callArguments Its arguments.
 * @param results Receives the results; null releases them.
 */
export function invokeCall(
  call: Handle,
  callArguments: CallBuffer,
  results: CallBuffer | null,
): void {
  const code = native.iree_ffi_call_invoke(
    call.pointer(Kind.call),
    callArguments.i32,
    results === null ? null : results.i32,
  );
  releaseDelayed();
  if (code !== 0) check(code);
}

// A thread that ends releases its devices, but another thread may still run a
// call that uses their memory.
function holdDevices(context: Handle, call: Handle): Deno.PointerObject {
  const pointer = call.pointer(Kind.call);
  forEachIn(context.deviceLifetime.devices, (devices) => {
    check(
      native.iree_ffi_call_hold_devices(
        pointer,
        devices.pointer(Kind.deviceGroup),
      ),
    );
  });
  return pointer;
}

/**
 * Makes a call on another thread. Submits it there if the function signals a
 * fence when it is done.
 *
 * @param context The context.
 * @param call The call.
 * @param callArguments Its arguments.
 * @param signal Cancels the call if it is aborted before the call starts.
 * @param mayCallBack Whether the call may make calls into this isolate.
 * @returns Settles when the call has ended or was submitted; see {@linkcode
 * endCall} for the outcome. False if the call was not made.
 */
export async function runCall(
  context: Handle,
  call: Handle,
  callArguments: CallBuffer,
  signal: AbortSignal | undefined,
  mayCallBack: boolean,
): Promise<boolean> {
  context.retain();
  try {
    return await runElsewhere(async () => {
      if (signal?.aborted) return false;
      const pointer = holdDevices(context, call);
      const host = mayCallBack ? hostPointer() : null;
      const ended = native.iree_ffi_call_run(issued(
        native.iree_ffi_call_begin(pointer, callArguments.i32, host),
      ));
      if (mayCallBack) answerCalls();
      await ended;
      return true;
    });
  } finally {
    context.release();
  }
}

/** Returns the results of a finished call, or throws its failure. */
export function endCall(call: Handle, results: CallBuffer): void {
  check(native.iree_ffi_call_end(call.pointer(Kind.call), results.i32));
}

/** Makes the next call start after the work of another call has ended. */
export function followCall(call: Handle, predecessor: Handle): void {
  check(
    native.iree_ffi_call_follow(
      call.pointer(Kind.call),
      predecessor.pointer(Kind.call),
    ),
  );
}

/**
 * Calls a function that signals a fence when it is done. The results exist when
 * this returns, but the contents of tensors are not written yet.
 *
 * @returns Settles when the work has ended; see {@linkcode endSubmission} for
 * the outcome.
 */
export function submitCall(
  context: Handle,
  call: Handle,
  callArguments: CallBuffer,
  results: CallBuffer,
): Promise<void> {
  const code = native.iree_ffi_call_submit(
    call.pointer(Kind.call),
    callArguments.i32,
    results.i32,
  );
  releaseDelayed();
  check(code);
  return waitForCall(context, call);
}

/**
 * Waits for the work of a submitted call.
 *
 * @returns Settles when it has ended; see {@linkcode endSubmission} for the
 * outcome.
 */
export function waitForCall(context: Handle, call: Handle): Promise<void> {
  return runElsewhere(() => {
    const pointer = holdDevices(context, call);
    const ticket = issued(native.iree_ffi_call_hold(pointer));
    return native.iree_ffi_call_wait(ticket);
  });
}

/** Throws the failure of a submitted call's work, if any. */
export function endSubmission(call: Handle): void {
  check(native.iree_ffi_call_end(call.pointer(Kind.call), null));
}

/** Takes a reference out of the results of the context's last call. */
export function takeCallReference(
  context: Handle,
  call: Handle,
  ordinal: number,
  kind: number,
): Handle {
  const pointer = native.iree_ffi_call_take_ref(
    call.pointer(Kind.call),
    ordinal,
    kind,
  );
  return ownReference(kind, pointer, context);
}
