import type { Handle } from "../../ffi/ownership/handle.ts";
import type { IreeError } from "../base/error.ts";
import type { NativeObject } from "../base/native_object.ts";
import type { Slot } from "../signature/calling_convention.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import type { HostType } from "./host_type.ts";

/** What the values of a call belong to. */
export interface HostScope {
  /** The module. */
  readonly module: Handle;
  /** The devices of the calling context. */
  readonly devices: Handle | undefined;
  /** Objects to dispose after the call. */
  readonly owned: NativeObject[];
}

/** Disposes the objects of a call. */
export function disposeAll({ owned }: HostScope): void {
  for (let at = 0; at < owned.length; at++) owned[at]!.dispose();
}

/** An argument or a result of a host function. */
export interface HostValue {
  /** Its ordinal. */
  readonly ordinal: number;
  /** Where it is in a call's frame. */
  readonly slot: Slot;
  /** The declared type. */
  readonly declared: DeclaredValue;
  /** The type of the module's own, if it is one. */
  readonly hostType: HostType | undefined;
  /** Creates the error for a wrong value. */
  readonly refuse: (problem: string) => IreeError;
}

/** Whether a declared value is a tensor. */
export function isTensor(declared: DeclaredValue): boolean {
  return declared.kind === "tensor" ||
    (declared.kind === "object" && declared.type === "hal.buffer_view");
}
