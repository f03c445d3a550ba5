/**
 * A worker that makes devices and lets them go, or that calls a program on a
 * device, for a while.
 *
 * @module
 */

import { Device, Instance, load } from "../../../mod.ts";

/** What the worker is told. */
export interface DevicesOrder {
  what: "devices" | "calls";
  milliseconds: number;
  /** Paths of the module `types` and of a program that imports from it. */
  modules: string[];
}

/** What it tells: how often it did it, and what went wrong. */
export interface DevicesReport {
  times: number;
  failure?: string;
}

declare const self: {
  onmessage: (event: MessageEvent<DevicesOrder>) => void;
  postMessage(report: DevicesReport): void;
  close(): void;
};

self.onmessage = ({ data: { what, milliseconds, modules } }) => {
  const until = Date.now() + milliseconds;
  let times = 0;
  try {
    using instance = Instance.open();
    using program = load({ modules, device: "local-sync" });
    for (; Date.now() < until; times++) {
      using _ = what === "devices"
        ? Device.create(instance, "local-sync")
        : program.call("doubled") as Disposable;
    }
    self.postMessage({ times });
  } catch (error) {
    self.postMessage({ times, failure: String(error) });
  }
  self.close();
};
