/**
 * Drivers, devices and their memory: allocators, buffer views, mapping, import of
 * arrays.
 *
 * @module
 */

export { BufferMapping } from "./buffer_mapping.ts";
export { BufferView } from "./buffer_view.ts";
export type { BufferViewOptions } from "./buffer_view_options.ts";
export type { AllocatorStatistics } from "./allocator_statistics.ts";
export { Device, type MemoryHeap } from "./device.ts";
export type { DeviceOptions } from "./device_options.ts";
export {
  type DeviceInfo,
  type DriverInfo,
  listDevices,
  type ListDevicesOptions,
  listDrivers,
} from "./driver.ts";
export type {
  TaskTopologyOptions,
  TaskWorkerOptions,
  ThreadAffinity,
} from "./task_topology.ts";
export type { TensorTracer, TracedTensors } from "./tensor_trace.ts";
export { asTensor, type Tensor, type TensorInput } from "./typed_tensor.ts";
