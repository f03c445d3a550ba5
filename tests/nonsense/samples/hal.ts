import { api } from "../entries.ts";
import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/hal`. */
export const HAL_SAMPLES: Samples = {
  "Device.create": (it) => [
    it.instance,
    "local-task",
    options({
      allocators: ["caching"],
      topology: options({ groupCount: 1 }),
      worker: options({ stackSize: 65536, spinMicroseconds: 0 }),
    }),
  ],
  "Device.createGroup": (it) => [
    it.instance,
    ["local-sync", "local-sync"],
    options({ allocators: ["debug"] }),
  ],
  "Device.prototype.queryI64": () => ["hal.dispatch", "concurrency"],
  "Device.prototype.waitIdle": () => [options({ timeout: 1000 })],
  "Device.prototype.waitIdleAsync": () => [
    options({ signal: new AbortController().signal }),
  ],
  "BufferView.from": (it) => [
    it.device,
    [[1, 2], [3, 4]],
    [2, 2],
    options({ elementType: "f32" }),
  ],
  "BufferView.import": (it) => [
    it.device,
    api.BufferView.alignedArray(it.instance, "f32", 4),
    [2, 2],
    options({ elementType: "f32" }),
  ],
  "BufferView.alignedArray": (it) => [it.instance, "f64", 4],
  "BufferView.prototype.read": () => [new Float32Array(2), 1],
  "BufferView.prototype.write": () => [new Float32Array(2), 1],
  "BufferView.prototype.map": () => ["f32"],
  "BufferView.prototype.format": () => [4],
  "asTensor": (it) => [it.view, "f32", [4]],
  "listDevices": (it) => [
    it.instance,
    "local-sync",
    options({ details: false }),
  ],
  "listDrivers": (it) => [it.instance],
  "probeDrivers": (it) => [it.instance, options({ details: false })],
  "listTaskTopologies": (it) => [
    it.instance,
    options({
      nodes: "current",
      mode: "physical_cores",
      maxGroupCount: 2,
      performanceLevel: "any",
      distribution: "scatter",
    }),
  ],
  "BufferView.zeros": (it) => [
    it.device,
    "f32",
    [4],
  ],
  "BufferView.prototype.toTypedArray": () => [],
  "BufferView.prototype.toNestedArray": () => [],
  "BufferView.prototype.toNdArray": () => [],
  "BufferView.prototype.toBytes": () => [],
  "BufferView.prototype.readBytes": () => [new Uint8Array(4), 0],
  "BufferView.prototype.writeBytes": () => [new Uint8Array(4), 0],
  "Device.prototype.formatStatistics": () => [],
  "Device.prototype.trim": () => [],
};
