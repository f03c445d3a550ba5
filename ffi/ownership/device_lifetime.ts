import { UnionFind } from "./union_find.ts";

/** What is kept by counting its holders. */
interface Counted {
  retain(): this;
  release(): void;
}

/**
 * Handles whose objects may hold each other natively, and the devices whose
 * memory may be anywhere among them.
 *
 * A device's memory must not outlive the device, yet does not hold it, and
 * programs move it unseen: out of a context into a list that the host made, for
 * one. So objects that once met in a call, a context or a list share one
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
    for (const device of this.#devices) device.release();
    this.#devices.clear();
  }

  /** The devices that are held. */
  get devices(): Iterable<Device> {
    return this.#devices;
  }

  /** Holds a device from now on. */
  addDevice(device: Device): void {
    if (this.#devices.has(device)) return;
    this.#devices.add(device.retain());
  }

  /** Takes over another one's devices and handles. */
  protected override absorb(other: this): void {
    for (const device of other.#devices) {
      this.addDevice(device);
      device.release();
    }
    other.#devices.clear();
    this.#members += other.#members;
  }
}
