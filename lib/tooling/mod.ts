/**
 * The counterparts of IREE's tools: flags, tensors as text, comparison,
 * profiling, topologies, a watchdog.
 *
 * @module
 */

export type {
  LibraryPlace,
  LibrarySource,
  LibraryVersion,
  LiveObject,
  Platform,
} from "../base/runtime.ts";
export { type DriverReport, probeDrivers } from "../hal/driver.ts";
export {
  listTaskTopologies,
  type TaskTopology,
  type TaskTopologyGroup,
} from "../hal/task_topology.ts";
export { parseScalar, type ScalarTextType } from "../tensor/scalar_text.ts";
export type {
  AssembledFunction,
  AssembledImport,
  AssembledProgram,
} from "./assembly_text.ts";
export { cpuFeatures } from "./cpu_features.ts";
export {
  disassemble,
  type DisassembledFunction,
  type DisassembleOptions,
  type Disassembly,
  type FlatbufferJsonOptions,
  flatbufferToJson,
} from "./disassemble.ts";
export {
  DeviceProfile,
  type DeviceProfileKind,
  type DeviceProfileRow,
  type DeviceProfileRows,
} from "./device_profile.ts";
export { setIreeFlags } from "./iree_flags.ts";
export { Profiling } from "./profiling.ts";
export {
  type CompareOptions,
  compareTensors,
  copyToHost,
  parseTensor,
  storageOf,
  tensorByteLength,
  viewStorageBytes,
} from "./tensors.ts";
export { Watchdog } from "./watchdog.ts";
export { type ModuleUri, resolveModuleUri } from "../vm/module_uri.ts";
