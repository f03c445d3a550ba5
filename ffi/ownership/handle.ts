/**
 * Ownership of native objects.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { arrayOf } from "../base/intrinsics.ts";
import { delayWhileEntered } from "../host/active.ts";
import { takeReleased } from "../host/host.ts";
import { native } from "../library/library.ts";
import { DeviceLifetime } from "./device_lifetime.ts";
import { Kind, kindName } from "./kind.ts";
import { unpinReleasedMemory } from "./pinned_memory.ts";
import { notProduced, type Producer } from "./producer.ts";
import { SharedLists } from "./shared_lists.ts";

const NOTHING: readonly Handle[] = [];

/**
 * Owns one native reference.
 *
 * Native objects hold their dependencies (a call its context, a context its
 * modules, the HAL module its devices), so references can be released in any
 * order. Handles take care of two exceptions. A process must never have two
 * instances, so each handle holds the instance's handle. Device memory must not
 * outlive its device, which is the purpose of {@linkcode DeviceLifetime}.
 */
export class Handle {
  readonly #kind: Kind;
  readonly #pointer: Deno.PointerObject;
  readonly #instance: Handle | undefined;
  #lifetime: DeviceLifetime<Handle> | undefined;
  #lists: SharedLists | undefined;
  #held = NOTHING;
  #count = 1;
  /** The last requirement that the object met, to skip repeated checks. */
  fits: object | undefined;
  /** The call that will write the contents, or that failed to. */
  producer: Producer | undefined;
  /** Called when the count reaches zero; false leaks the object on purpose. */
  canGo: (() => boolean) | undefined;

  /**
   * Takes ownership of a native reference.
   *
   * @param kind Kind of the object.
   * @param pointer The native object.
   * @param instance The instance; omitted for the instance itself.
   */
  constructor(kind: Kind, pointer: Deno.PointerObject, instance?: Handle) {
    this.#kind = kind;
    this.#pointer = pointer;
    this.#instance = instance?.retain();
  }

  /** Whether a value is a handle, regardless of its prototype. */
  static is(value: unknown): value is Handle {
    return typeof value === "object" && value !== null && #pointer in value;
  }

  /**
   * Returns the native object; only for `ffi/`.
   *
   * @param kind The expected kind.
   */
  pointer(kind: Kind): Deno.PointerObject {
    if (kind === this.#kind && this.#count > 0) return this.#pointer;
    if (this.#count <= 0) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        `a native object of kind ${kindName(this.#kind)} was disposed before ` +
          "its use",
      );
    }
    throw new IreeError(
      "INVALID_ARGUMENT",
      `native object must be of kind ${kindName(kind)}, got ` +
        kindName(this.#kind),
    );
  }

  /**
   * Returns the native object for access to its contents; throws while they are
   * not written yet.
   */
  pointerToContents(kind: Kind): Deno.PointerObject {
    this.demandContents();
    return this.pointer(kind);
  }

  /**
   * Throws if a call has not written the object's contents yet.
   *
   * @param context The context that may use them anyway: its calls follow the
   * call that writes them.
   */
  demandContents(context?: Handle): void {
    if (this.producer === undefined || this.producer.context === context) {
      return;
    }
    const contents = "the contents of this tensor, or of one in this object,";
    const { failure } = this.producer;
    if (failure !== undefined) throw notProduced(contents, failure);
    throw new IreeError(
      "FAILED_PRECONDITION",
      `${contents} are not available: the call submitted for them has not ` +
        "finished",
      { hint: "await `finished` of the submission first" },
    );
  }

  /** Whether the object is retained. */
  get isHeld(): boolean {
    return this.#count > 0;
  }

  /** Kind of the object. */
  get kind(): Kind {
    return this.#kind;
  }

  /** The instance that the object belongs to. */
  get instance(): Handle {
    return this.#instance ?? this;
  }

  /** Retains the object once more. */
  retain(): this {
    this.#count++;
    return this;
  }

  /** Releases the object; releasing it last drops the native reference. */
  release(): void {
    if (--this.#count !== 0) return;
    // A function that a call made can dispose the call.
    if (this.#kind === Kind.call && delayWhileEntered(() => this.#drop())) {
      return;
    }
    this.#drop();
  }

  #drop(): void {
    if (this.canGo !== undefined && !this.canGo()) return;
    native.iree_ffi_release(this.#kind, this.#pointer);
    this.#lifetime?.current.leave();
    for (let i = 0; i < this.#held.length; i++) this.#held[i]!.release();
    this.#instance?.release();
    unpinReleasedMemory();
    takeReleased();
  }

  /** Retains other objects for this one's lifetime; set once. */
  hold(others: readonly Handle[]): void {
    this.#held = arrayOf(others.length, (index) => others[index]!.retain());
  }

  /** Whether the object may share its contents with others. */
  get isShared(): boolean {
    return this.#lifetime !== undefined;
  }

  /** The object's device lifetime; its own until it meets another object. */
  get deviceLifetime(): DeviceLifetime<Handle> {
    return (this.#lifetime ??= new DeviceLifetime<Handle>().enter()).current;
  }

  /** Marks an object that may share its contents with others unseen. */
  share(): void {
    this.#lifetime ??= new DeviceLifetime<Handle>().enter();
  }

  /** Marks an object that may also share lists. */
  shareLists(): void {
    this.share();
    this.#lists ??= new SharedLists();
  }

  // Whether it can be or contain a list.
  get #mayHaveLists(): boolean {
    return this.#lists !== undefined || this.#kind === Kind.list ||
      this.#kind === Kind.ref || this.#kind === Kind.context;
  }

  /** The lists that the object may share with others. */
  get lists(): SharedLists {
    return (this.#lists ??= new SharedLists()).current;
  }

  /** Whether a list that the object is or contains may be changing. */
  get listsAreBusy(): boolean {
    return this.#lists !== undefined && this.#lists.current.areBusy;
  }

  /** Adds the new object to the device lifetime of another one. */
  joinNew(other: Handle): void {
    this.#lifetime = other.deviceLifetime.enter();
    if (this.#mayHaveLists) this.#lists = other.lists;
  }

  /** Merges the device lifetimes of both objects. */
  join(other: Handle): void {
    this.deviceLifetime.merge(other.deviceLifetime);
    if (this.#mayHaveLists && other.#mayHaveLists) {
      this.lists.merge(other.lists);
    }
  }
}
