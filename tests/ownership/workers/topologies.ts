/**
 * A worker that makes devices with workers of their own, again and again.
 *
 * @module
 */

import { Device, Instance } from "../../../mod.ts";

/** What the worker is told. */
export interface TopologiesOrder {
  times: number;
  groupCount: number;
}

/** What it tells: how many workers each of the devices had. */
export type TopologiesReport = number[];

declare const self: {
  onmessage: (event: MessageEvent<TopologiesOrder>) => void;
  postMessage(report: TopologiesReport): void;
  close(): void;
};

self.onmessage = ({ data: { times, groupCount } }) => {
  using instance = Instance.open();
  self.postMessage(
    Array.from({ length: times }, () => {
      using device = Device.create(instance, "local-task", {
        topology: { groupCount },
        allocators: ["caching"],
      });
      device.waitIdle();
      return Number(device.queryI64("hal.dispatch", "concurrency"));
    }),
  );
  self.close();
};
