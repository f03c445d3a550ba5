/**
 * A worker that repeatedly makes devices with workers of their own.
 *
 * @module
 */

import { Device, Instance } from "../../../mod.ts";

/** The worker's task. */
export interface TopologiesOrder {
  times: number;
  groupCount: number;
}

/** Its report: how many workers each of the devices had. */
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
