import { addTo, clear, forEachIn, isIn } from "../base/intrinsics.ts";
import { UnionFind } from "./union_find.ts";

/** An object with a reference count. */
interface Counted {
  retain(): this;
  release(): void;
}

/**
 * Handles whose objects may hold each other natively, and the devices whose
 * memory they may use.
 *
 * Device memory must not outlive its device but does not retain it. Programs
 * move it unseen, for example out of a context into a list that the host
 * created. So objects that once met in a call, a context or a list share one
 * lifetime from then on, which holds the devices until its last handle is
 * released.
 */
export class DeviceLifetime<Device extends Counted> extends UnionFind {
  #devices = new Set<Device>();
  #members = 0;

  /** Adds a handle. */
  enter(): this {
    this.#members++;
    return this;
  }

  /** Removes a handle; the last one releases the devices. */
  leave(): void {
    if (--this.#members > 0) return;
    forEachIn(this.#devices, (device) => device.release());
    clear(this.#devices);
  }

  /** The retained devices. */
  get devices(): ReadonlySet<Device> {
    return this.#devices;
  }

  /** Retains a device from now on. */
  addDevice(device: Device): void {
    if (isIn(this.#devices, device)) return;
    addTo(this.#devices, device.retain());
  }

  /** Absorbs another lifetime's devices and handles. */
  protected override absorb(other: this): void {
    forEachIn(other.#devices, (device) => {
      this.addDevice(device);
      device.release();
    });
    clear(other.#devices);
    this.#members += other.#members;
  }
}
