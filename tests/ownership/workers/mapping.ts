/**
 * A worker that transfers a mapping's memory.
 *
 * @module
 */

import { BufferView, Device, Instance, List } from "../../../mod.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: ArrayBuffer, transfer: Transferable[]): void;
};

const kept: unknown[] = [];

scope.onmessage = ({ data: library }) => {
  const instance = Instance.open({ library });
  const device = Device.create(instance, "local-sync");
  const view = BufferView.from(device, new Float32Array(1 << 20).fill(7));
  const mapping = view.map();
  const lists = Array.from({ length: 100 }, () => List.create(instance));
  kept.push(instance, device, view, mapping, lists);
  const { buffer } = mapping.array;
  scope.postMessage(buffer, [buffer]);
};
