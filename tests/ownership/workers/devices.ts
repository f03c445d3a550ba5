/**
 * A worker that makes devices and releases them, or that calls a program on a
 * device, until both kinds of worker have done it often.
 *
 * @module
 */

import { Device, Instance, load } from "../../../mod.ts";

/** What the worker is told. */
export interface DevicesOrder {
  what: "devices" | "calls";
  /** Two numbers, shared: how often each of the two workers did it. */
  times: SharedArrayBuffer;
  /** Paths of the module `types` and of a program that imports from it. */
  modules: string[];
}

/** What it reports: what went wrong. */
export interface DevicesReport {
  failure?: string;
}

declare const self: {
  onmessage: (event: MessageEvent<DevicesOrder>) => void;
  postMessage(report: DevicesReport): void;
  close(): void;
};

/** How often each does it at least. */
const TIMES = 500;

self.onmessage = ({ data: { what, times, modules } }) => {
  const done = new Int32Array(times);
  const own = what === "devices" ? 0 : 1;
  try {
    using instance = Instance.open();
    using program = load({ modules, device: "local-sync" });
    while (Atomics.load(done, 0) < TIMES || Atomics.load(done, 1) < TIMES) {
      using _ = what === "devices"
        ? Device.create(instance, "local-sync")
        : program.call("doubled") as Disposable;
      Atomics.add(done, own, 1);
    }
    self.postMessage({});
  } catch (error) {
    // The other one is not to wait for this one.
    Atomics.store(done, own, TIMES);
    self.postMessage({ failure: String(error) });
  }
  self.close();
};
