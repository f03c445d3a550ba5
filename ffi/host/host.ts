/**
 * Calls that programs make into this isolate. Needs unrestricted
 * `--allow-ffi`: only this file creates callbacks.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { encodeText } from "../base/text.ts";
import { hasEnded, native } from "../library/library.ts";
import { created } from "../library/status.ts";
import {
  countWaitedFor,
  enterState,
  leaveState,
  recordCaller,
  runWaitedFor,
} from "./active.ts";
import { keepThrown } from "./errors.ts";

/** `iree_ffi_host_outcome_e`. */
const Outcome = { interrupted: 0, returned: 1, failed: 2 } as const;

/** Bytes of the frame before its values. */
const HEADER_LENGTH = 16;

/** `IREE_FFI_HOST_FRAME_LENGTH`. */
const FRAME_LENGTH = 65536;

/** Values of a call in the frame, laid out as in the calling convention. */
export interface FrameValues {
  readonly i32: Int32Array<ArrayBuffer>;
  readonly i64: BigInt64Array<ArrayBuffer>;
  readonly f32: Float32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;
}

/** A call of a host function. */
export interface HostCall {
  /** Number of the call. */
  readonly id: number;
  /** Ordinal of the function. */
  readonly ordinal: number;
  /** Key of the module's state in the calling context. */
  readonly state: number;
  /** Whether another thread waits for the function, which may then take time. */
  readonly mayWait: boolean;
}

/**
 * Makes a call: reads its arguments from the frame, and writes its results there.
 *
 * @returns A promise if the function continues; it resolves to what writes the
 * results.
 */
export type HostTarget = (
  call: HostCall,
  values: FrameValues,
) => Promise<() => void> | undefined;

/** What to do when native code has released a module, a state or a value. */
const whenReleased = new Map<number, () => void>();
const targets = new Map<number, HostTarget>();

interface Host {
  readonly pointer: Deno.PointerObject;
  readonly header: Uint32Array<ArrayBuffer>;
  readonly values: FrameValues;
}

let host: Host | undefined;

/** The host of this isolate; throws PERMISSION_DENIED if callbacks are denied. */
function theHost(): Host {
  return host ??= createHost();
}

/** The host's native object, for other files about hosts. */
export function hostPointer(): Deno.PointerObject {
  return theHost().pointer;
}

function createHost(): Host {
  demandCallbacks();
  const callback = new Deno.UnsafeCallback(
    { parameters: [], result: "u32" },
    enter,
  );
  const pointer = created(native.iree_ffi_host_create(callback.pointer));
  const memory = Deno.UnsafePointerView.getArrayBuffer(
    created(native.iree_ffi_host_frame(pointer)),
    FRAME_LENGTH,
  );
  return {
    pointer,
    header: new Uint32Array(memory, 0, HEADER_LENGTH / 4),
    values: {
      i32: new Int32Array(memory, HEADER_LENGTH),
      i64: new BigInt64Array(memory, HEADER_LENGTH),
      f32: new Float32Array(memory, HEADER_LENGTH),
      f64: new Float64Array(memory, HEADER_LENGTH),
    },
  };
}

/** Throws PERMISSION_DENIED unless callbacks are allowed. */
export function demandCallbacks(): void {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "granted") return;
  throw new IreeError(
    "PERMISSION_DENIED",
    "modules written in TypeScript require unrestricted ffi access",
    { hint: "run with --allow-ffi, without a list of libraries" },
  );
}

/** Returns a new key, and records what to do when native code releases it. */
export function newKey(released: () => void): number {
  const key = native.iree_ffi_host_new_key();
  whenReleased.set(key, released);
  return key;
}

/** Sets what to do when native code releases a state. */
export function setReleased(key: number, released: () => void): void {
  whenReleased.set(key, released);
}

/** Forgets a key that was not passed to native code after all. */
export function dropKey(key: number): void {
  whenReleased.delete(key);
}

/** Sets the function that makes the calls of a module. */
export function setTarget(key: number, target: HostTarget): void {
  targets.set(key, target);
}

/** Ends the calls of a module that native code released. */
export function dropTarget(key: number): void {
  targets.delete(key);
}

/** Releases what native code has released. */
export function takeReleased(): void {
  if (host === undefined || hasEnded()) return;
  for (;;) {
    const key = native.iree_ffi_host_take_released(host.pointer);
    if (key === 0) return;
    const released = whenReleased.get(key);
    whenReleased.delete(key);
    released?.();
  }
}

//==============================================================================
// Calls on this thread
//==============================================================================

// No exception leaves it: native frames are below.
function enter(): number {
  const { header, values } = host!;
  const id = header[0]!;
  const state = header[3]!;
  enterState(state);
  try {
    const target = targets.get(header[1]!)!;
    target({ id, ordinal: header[2]!, state, mayWait: false }, values);
    return Outcome.returned;
  } catch (error) {
    return fail(id, error);
  } finally {
    leaveState();
  }
}

function fail(id: number, error: unknown): number {
  try {
    const { code, message } = keepThrown(error);
    const bytes = encodeText(message.toWellFormed(), "the message");
    native.iree_ffi_host_fail(host!.pointer, id, code, bytes, bytes.length);
    return Outcome.failed;
  } catch {
    return Outcome.interrupted;
  }
}

//==============================================================================
// Calls of other threads
//==============================================================================

let listeners = 0;

/** A call in a row needs no other thread if it comes that soon. */
const NEXT_CALL_MICROSECONDS = 50;

/**
 * Makes the calls of other threads while one of them runs a program.
 *
 * @param states Keys of the states in the context of the program.
 * @param body What runs it.
 */
export async function listenWhile<Result>(
  states: readonly number[],
  body: () => Promise<Result>,
): Promise<Result> {
  if (listeners++ === 0) listen();
  stopping?.resolve();
  try {
    return await recordCaller(states, body);
  } finally {
    if (--listeners === 0 && !hasEnded()) {
      native.iree_ffi_host_listen(theHost().pointer, 0);
      stopping = Promise.withResolvers();
      await stopping.promise;
    }
  }
}

let isListening = false;

/** Settles when the listener has ended, or is needed again. */
let stopping: PromiseWithResolvers<void> | undefined;

async function listen(): Promise<void> {
  const { pointer } = theHost();
  if (isListening) return;
  isListening = true;
  while (listeners > 0) {
    native.iree_ffi_host_listen(pointer, 1);
    await native.iree_ffi_host_wait(pointer);
    if (hasEnded()) return;
    let id = native.iree_ffi_host_take(pointer, 0);
    while (id !== 0) {
      const isDone = answer(id);
      id = native.iree_ffi_host_take(
        pointer,
        isDone ? NEXT_CALL_MICROSECONDS : 0,
      );
    }
    takeReleased();
  }
  isListening = false;
  stopping?.resolve();
}

/** Makes a call; returns whether it is finished. */
function answer(id: number): boolean {
  const { header, values } = host!;
  const state = header[3]!;
  const target = targets.get(header[1]!)!;
  const call = { id, ordinal: header[2]!, state, mayWait: true };
  countWaitedFor(1);
  try {
    const pending = runWaitedFor(state, () => target(call, values));
    if (pending === undefined) {
      finish(id, Outcome.returned);
      return true;
    }
    pending.then(
      (write) => finishLater(id, write),
      (error) => finish(id, fail(id, error)),
    );
    return false;
  } catch (error) {
    finish(id, fail(id, error));
    return true;
  }
}

function finishLater(id: number, write: () => void): void {
  if (hasEnded()) return;
  try {
    write();
    finish(id, Outcome.returned);
  } catch (error) {
    finish(id, fail(id, error));
  }
}

function finish(id: number, outcome: number): void {
  countWaitedFor(-1);
  if (hasEnded()) return;
  native.iree_ffi_host_finish(host!.pointer, id, outcome);
}
