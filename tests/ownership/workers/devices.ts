/**
 * A worker that either makes and releases devices or calls a program on a
 * device. It ends when both kinds of worker have done so often enough.
 *
 * @module
 */

import { Device, Instance, load } from "../../../mod.ts";

/** The worker's task. */
export interface DevicesOrder {
  what: "devices" | "calls";
  /** Two shared counters, one for each of the two workers. */
  times: SharedArrayBuffer;
  /** Paths of the module `types` and of a program that imports from it. */
  modules: string[];
}

/** Its report: the failure, if any. */
export interface DevicesReport {
  failure?: string;
}

declare const self: {
  onmessage: (event: MessageEvent<DevicesOrder>) => void;
  postMessage(report: DevicesReport): void;
  close(): void;
};

/** The least number of rounds for each. */
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
    // Keeps the other worker from waiting for this one.
    Atomics.store(done, own, TIMES);
    self.postMessage({ failure: String(error) });
  }
  self.close();
};
