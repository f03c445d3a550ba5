/**
 * Ownership of native objects.
 *
 * @module
 */

import { native } from "./library.ts";

/** `iree_ffi_kind_e`: what a native object is. */
export const Kind = {
  null: 0,
  ref: 1,
  list: 2,
  buffer: 3,
  bufferView: 4,
  call: 5,
  context: 6,
  moduleList: 7,
  module: 8,
  deviceGroup: 9,
  instance: 10,
} as const;

/** A kind of native objects. */
export type Kind = typeof Kind[keyof typeof Kind];

/**
 * Owns one native reference.
 *
 * Native objects hold what they are made of (a call its context, a context its
 * modules, the HAL's module its devices), so references can be dropped in any
 * order, with two exceptions that a handle sees to:
 *
 * - There must never be two instances in a process, so each handle holds the
 *   instance's.
 * - Memory of a device must not outlive the device, yet does not hold it. So
 *   what may have such memory in it {@linkcode keep}s the device.
 */
export class Handle {
  readonly #kind: Kind;
  readonly #pointer: Deno.PointerObject;
  readonly #instance: Handle | undefined;
  #kept: Set<Handle> | undefined;
  #count = 1;

  /**
   * Takes over a native reference.
   *
   * @param kind What the object is.
   * @param pointer The native object.
   * @param instance The instance; left out for the instance itself.
   */
  constructor(kind: Kind, pointer: Deno.PointerObject, instance?: Handle) {
    this.#kind = kind;
    this.#pointer = pointer;
    this.#instance = instance?.retain();
  }

  /** The native object; for `ffi/` only. */
  get pointer(): Deno.PointerObject {
    return this.#pointer;
  }

  /** The instance that the object belongs to. */
  get instance(): Handle {
    return this.#instance ?? this;
  }

  /** Counts one more holder. */
  retain(): this {
    this.#count++;
    return this;
  }

  /** Lets go; with the last holder the native reference is dropped. */
  release(): void {
    if (--this.#count !== 0) return;
    native.iree_ffi_release(this.#kind, this.#pointer);
    this.#kept?.forEach((kept) => kept.release());
    this.#instance?.release();
  }

  /** Keeps another object alive as long as this one. */
  keep(other: Handle): void {
    this.#kept ??= new Set();
    if (this.#kept.has(other)) return;
    this.#kept.add(other.retain());
  }

  /** Keeps alive whatever another object keeps. */
  keepAllOf(other: Handle): void {
    other.#kept?.forEach((kept) => this.keep(kept));
  }
}
