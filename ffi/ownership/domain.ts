import type { Handle } from "./handle.ts";

/**
 * Handles whose objects may hold each other natively, and the devices whose
 * memory may be anywhere among them.
 *
 * Memory of a device must not outlive the device, yet does not hold it, and
 * programs move it about unseen: out of a context into a list that the host
 * made, for one. So what once met in a call, a context or a list is of one
 * domain from then on, and the domain holds the devices until its last handle
 * is gone.
 */
export class Domain {
  /** The domain that this one became part of. */
  #mergedInto: Domain | undefined;
  #devices = new Set<Handle>();
  #members = 0;

  /** The domain that this one is part of by now. */
  get current(): Domain {
    const next = this.#mergedInto;
    if (next === undefined) return this;
    return this.#mergedInto = next.current;
  }

  /** Adds a handle. */
  enter(): this {
    this.#members++;
    return this;
  }

  /** Takes a handle out; with the last one the devices are let go. */
  leave(): void {
    if (--this.#members > 0) return;
    for (const device of this.#devices) device.release();
    this.#devices.clear();
  }

  /** The devices that the domain holds. */
  get devices(): Iterable<Handle> {
    return this.#devices;
  }

  /** Holds a device from now on. */
  addDevice(device: Handle): void {
    if (this.#devices.has(device)) return;
    this.#devices.add(device.retain());
  }

  /** Makes one domain of this and another one. */
  merge(other: Domain): void {
    if (other === this) return;
    for (const device of other.#devices) {
      this.addDevice(device);
      device.release();
    }
    other.#devices.clear();
    this.#members += other.#members;
    other.#mergedInto = this;
  }
}
