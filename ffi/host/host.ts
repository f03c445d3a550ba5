/**
 * Calls that programs make into this isolate. Needs unrestricted
 * `--allow-ffi`: only this file creates callbacks.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { encodeText } from "../base/text.ts";
import { lengthOf } from "../base/typed_array.ts";
import { hasEnded, native } from "../library/library.ts";
import { created } from "../library/status.ts";
import { enterState, leaveState } from "./active.ts";
import { keepThrown } from "./errors.ts";

/** `iree_ffi_host_outcome_e`. */
export const Outcome = { interrupted: 0, returned: 1, failed: 2 } as const;

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
  /** Aborted when the caller of the program no longer waits. */
  readonly signal: AbortSignal | undefined;
}

/** A call whose function continues. */
export interface PendingCall {
  /** Resolves to what writes the results. */
  readonly written: Promise<() => void>;
  /** Releases the call's objects, once it has ended or nothing waits for it. */
  end(): void;
}

/**
 * Makes a call: reads its arguments from the frame, and writes its results there.
 *
 * @returns The rest of the call if the function continues.
 */
export type HostTarget = (
  call: HostCall,
  values: FrameValues,
) => PendingCall | undefined;

/** What to do when native code has released a module, a state or a value. */
const whenReleased = new Map<number, () => void>();
const targets = new Map<number, HostTarget>();

/** The host of this isolate. */
export interface Host {
  readonly pointer: Deno.PointerObject;
  readonly header: Uint32Array<ArrayBuffer>;
  readonly values: FrameValues;
}

let host: Host | undefined;

/** The host of this isolate; throws PERMISSION_DENIED if callbacks are denied. */
export function theHost(): Host {
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
    const target = targetOf(header[1]!);
    const ordinal = header[2]!;
    target({ id, ordinal, state, mayWait: false, signal: undefined }, values);
    return Outcome.returned;
  } catch (error) {
    return failCall(id, error);
  } finally {
    leaveState();
  }
}

/** Sets the failure of a call; returns the outcome. */
export function failCall(id: number, error: unknown): number {
  try {
    const { code, message } = keepThrown(error);
    const bytes = encodeText(message.toWellFormed(), "the message");
    native.iree_ffi_host_fail(host!.pointer, id, code, bytes, lengthOf(bytes));
    return Outcome.failed;
  } catch {
    return Outcome.interrupted;
  }
}

//==============================================================================
// Objects that make calls
//==============================================================================

/** What native code calls: a host and a key of its. */
export interface HostLink {
  readonly pointer: Deno.PointerObject;
  readonly key: number;
}

/** The function that makes the calls of an object. */
export function targetOf(key: number): HostTarget {
  return targets.get(key)!;
}

/**
 * Links a function to an object that native code creates.
 *
 * @param target Makes the calls, until the object is released.
 * @param create Creates the object.
 * @returns What `create` returns.
 */
export function withTarget<Created>(
  target: HostTarget,
  create: (link: HostLink) => Created,
): Created {
  takeReleased();
  const pointer = hostPointer();
  const key = newKey(() => targets.delete(key));
  targets.set(key, target);
  try {
    return create({ pointer, key });
  } catch (error) {
    whenReleased.delete(key);
    targets.delete(key);
    throw error;
  }
}
