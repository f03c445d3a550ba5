/**
 * Ownership of native objects.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
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
 * Native objects hold what they are made of (a call its context, a context its
 * modules, the HAL's module its devices), so references can be dropped in any
 * order, with two exceptions that a handle sees to: there must never be two
 * instances in a process, so each handle holds the instance's; and memory of a
 * device must not outlive it, for which there are domains.
 */
export class Handle {
  readonly #kind: Kind;
  readonly #pointer: Deno.PointerObject;
  readonly #instance: Handle | undefined;
  #lifetime: DeviceLifetime<Handle> | undefined;
  #lists: SharedLists | undefined;
  #held = NOTHING;
  #count = 1;
  /** What the object was last found fit for: that need not be checked again. */
  fits: object | undefined;
  /** The call that is still to give the contents, or that failed to. */
  producer: Producer | undefined;
  /** Asked when nobody holds the object: whether it can go, ever. */
  canGo: (() => boolean) | undefined;

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

  /** Whether something is a handle, whatever its prototype says. */
  static is(value: unknown): value is Handle {
    return typeof value === "object" && value !== null && #pointer in value;
  }

  /**
   * The native object; for `ffi/` only.
   *
   * @param kind What the caller is going to take it for.
   */
  pointer(kind: Kind): Deno.PointerObject {
    if (kind === this.#kind && this.#count > 0) return this.#pointer;
    if (this.#count <= 0) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        `a native object of kind ${kindName(this.#kind)} was disposed while ` +
          "it was to be used",
      );
    }
    throw new IreeError(
      "INVALID_ARGUMENT",
      `wanted a native object of kind ${kindName(kind)}, given one of kind ` +
        kindName(this.#kind),
    );
  }

  /**
   * The same, to look at its contents or change them; throws as long as a call
   * is to give them.
   */
  pointerToContents(kind: Kind): Deno.PointerObject {
    this.demandContents();
    return this.pointer(kind);
  }

  /**
   * Refuses an object whose contents a call is still to give.
   *
   * @param context Where they can be passed on all the same: calls of the
   * context that gives them follow each other.
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
      `${contents} are not there: the call that was submitted for them is not ` +
        "finished",
      { hint: "await `finished` of the submission first" },
    );
  }

  /** Whether anybody holds the object. */
  get isHeld(): boolean {
    return this.#count > 0;
  }

  /** What the object is. */
  get kind(): Kind {
    return this.#kind;
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
    if (this.canGo !== undefined && !this.canGo()) return;
    native.iree_ffi_release(this.#kind, this.#pointer);
    this.#lifetime?.current.leave();
    if (this.#held !== NOTHING) this.#held.forEach((held) => held.release());
    this.#instance?.release();
    unpinReleasedMemory();
  }

  /** Holds other objects as long as this one lives; set once. */
  hold(others: readonly Handle[]): void {
    this.#held = others.map((other) => other.retain());
  }

  /** Whether the object may share what it holds with others. */
  get isShared(): boolean {
    return this.#lifetime !== undefined;
  }

  /** The domain of the object; its own when it met no other one yet. */
  get deviceLifetime(): DeviceLifetime<Handle> {
    return (this.#lifetime ??= new DeviceLifetime<Handle>().enter()).current;
  }

  /** Marks an object that may share what it holds with others unseen. */
  share(): void {
    this.#lifetime ??= new DeviceLifetime<Handle>().enter();
  }

  /** The same for one that may share lists, too. */
  shareLists(): void {
    this.share();
    this.#lists ??= new SharedLists();
  }

  // Whether it can be a list, or have one in it.
  get #mayHaveLists(): boolean {
    return this.#lists !== undefined || this.#kind === Kind.list ||
      this.#kind === Kind.ref || this.#kind === Kind.context;
  }

  /** The lists that the object may have in common with others. */
  get lists(): SharedLists {
    return (this.#lists ??= new SharedLists()).current;
  }

  /** Whether a list that is the object, or is in it, may be changing. */
  get listsAreBusy(): boolean {
    return this.#lists !== undefined && this.#lists.current.areBusy;
  }

  /** Puts the object, which is new, into the domain of another one. */
  joinNew(other: Handle): void {
    this.#lifetime = other.deviceLifetime.enter();
    if (this.#mayHaveLists) this.#lists = other.lists;
  }

  /** Makes one domain of both objects'. */
  join(other: Handle): void {
    this.deviceLifetime.merge(other.deviceLifetime);
    if (this.#mayHaveLists && other.#mayHaveLists) {
      this.lists.merge(other.lists);
    }
  }
}
