/**
 * IREE's runtime for Deno: compiled programs (`.vmfb`) and native modules
 * loaded, linked and called from TypeScript.
 *
 * The package has no native library in it. Its command line installs the one
 * for the platform into the cache of the user:
 *
 * ```sh
 * deno add jsr:@iree/runtime
 * deno run -A jsr:@iree/runtime/cli setup
 * deno run -A jsr:@iree/runtime/cli doctor
 * ```
 *
 * The last line tells whether programs can run, and under which flags of Deno:
 * `--allow-ffi=<the library>`, what it takes to find the library, and
 * `--allow-read` for files of programs. `load({ library })` needs the first of
 * them alone. Programs are compiled by `iree-compile`, of
 * `pip install iree-base-compiler==3.13.0`.
 *
 * `docs/` in the package has guides: `docs/getting-started.md` is the first.
 *
 * @example From arrays to arrays
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * const forward = program.lookupFunction("forward");
 * const x = new Float32Array([1, 2, 3, 4]);
 * console.log(await forward.computeAsync(x)); // or compute(x), which blocks
 * ```
 *
 * @example Values, and what is not taken
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { Instance, IreeError, List } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using list = List.from(instance, [1, 2, 3], "i32");
 * assertEquals(list.elementType, "i32");
 * assertThrows(() => list.push(2 ** 40), IreeError);
 * ```
 *
 * @module
 */

export type { Bytes } from "./lib/base/bytes.ts";
export {
  IreeError,
  type IreeErrorOptions,
  type StatusCode,
} from "./lib/base/error.ts";
export { BoundCall } from "./lib/call/bound_call.ts";
export { BufferMapping } from "./lib/hal/buffer_mapping.ts";
export { BufferView } from "./lib/hal/buffer_view.ts";
export type { BufferViewOptions } from "./lib/hal/buffer_view_options.ts";
export {
  BuiltinModule,
  type BuiltinModuleName,
} from "./lib/vm/builtin_module.ts";
export { HalModule } from "./lib/vm/hal_module.ts";
export {
  BytecodeModule,
  type BytecodeModuleOptions,
  type ModuleMode,
} from "./lib/vm/bytecode_module.ts";
export type { ValueType } from "./lib/signature/calling_convention.ts";
export { Context, type ContextOptions } from "./lib/program/context.ts";
export {
  type AllocatorStatistics,
  Device,
  type DeviceOptions,
  type MemoryHeap,
} from "./lib/hal/device.ts";
export {
  type DeviceInfo,
  type DriverInfo,
  type DriverReport,
  listDevices,
  type ListDevicesOptions,
  listDrivers,
  probeDrivers,
} from "./lib/hal/driver.ts";
export {
  DynamicModule,
  type DynamicModuleOptions,
  type ModuleParameters,
} from "./lib/vm/dynamic_module.ts";
export {
  type AnyTypedArray,
  ELEMENT_TYPES,
  type ElementType,
  type TypedArray,
} from "./lib/tensor/element_type.ts";
export type {
  Argument,
  CallResult,
  Computed,
  FlatArgument,
  FlatComputed,
  FlatResult,
  Structure,
} from "./lib/call/argument.ts";
export type { Submission } from "./lib/call/async_calls.ts";
export type { CallOptions } from "./lib/call/call_options.ts";
export { VmFunction } from "./lib/call/function.ts";
export { FunctionCalls } from "./lib/call/function_calls.ts";
export {
  type FileDescription,
  inspect,
  inspectProgram,
  type LibraryDescription,
} from "./lib/inspect/inspect.ts";
export { Instance, type InstanceOptions } from "./lib/base/instance.ts";
export { setIreeFlags } from "./lib/tooling/iree_flags.ts";
export { List, type ListOptions } from "./lib/vm/list.ts";
export {
  load,
  type LoadOptions,
  type ModuleSource,
} from "./lib/program/load.ts";
export {
  type FunctionDescription,
  Module,
  type ModuleDependency,
} from "./lib/vm/module.ts";
export { type ModuleUri, resolveModuleUri } from "./lib/vm/module_uri.ts";
export { NativeObject } from "./lib/base/native_object.ts";
export type { ArchiveOptions } from "./lib/parameters/archive.ts";
export type {
  FileParameter,
  ParameterCommon,
  ParameterEntry,
  SplatParameter,
  UnreadableParameter,
} from "./lib/parameters/entry.ts";
export { ParameterIndex } from "./lib/parameters/parameter_index.ts";
export type {
  ParameterDataOptions,
  ParameterFileOptions,
  ParameterMode,
  ParameterOptions,
  ParameterRange,
} from "./lib/parameters/options.ts";
export {
  indexParameterFiles,
  type ParameterSource,
} from "./lib/parameters/source.ts";
export {
  type ParameterProvider,
  ParametersModule,
} from "./lib/parameters/parameters_module.ts";
export {
  decodeNpy,
  decodeNpyArray,
  encodeNpy,
  type NpyArray,
} from "./lib/npy/npy.ts";
export { type NpyArrayInfo, NpyFile, readNpy } from "./lib/npy/npy_file.ts";
export type { NpyOptions } from "./lib/npy/options.ts";
export { type NpyData, writeNpy } from "./lib/npy/write_npy.ts";
export type {
  AllComputed,
  AllShaped,
  ArgumentsOf,
  ArraysOf,
  ComputedOf,
  DeclaredFunction,
  FunctionName,
  FunctionOf,
  ResultsOf,
  Structured,
  StructuredFunction,
  TypedFunction,
} from "./lib/program/typed_function.ts";
export {
  LoadedProgram,
  type Program,
  type ProgramFunction,
  type ProgramFunctions,
  type RunOptions,
} from "./lib/program/program.ts";
export { Profiling } from "./lib/tooling/profiling.ts";
export type { ParameterRequirement } from "./lib/inspect/program_parameters.ts";
export type { EmbeddedFile } from "./lib/files/program_archive.ts";
export type {
  ExportDescription,
  ProgramDescription,
  ProgramSizes,
  RodataSegment,
} from "./lib/inspect/program_description.ts";
export type {
  DeviceRequirement,
  DeviceTarget,
  ExecutableRequirement,
  ExecutableTarget,
} from "./lib/inspect/program_targets.ts";
export {
  formatProgramTypes,
  type ProgramTypesOptions,
} from "./lib/program/program_types.ts";
export { VmRef } from "./lib/vm/vm_ref.ts";
export {
  type LibraryPlace,
  type LibrarySource,
  type LibraryVersion,
  type Platform,
  type Runtime,
  runtime,
  type RuntimeStatistics,
} from "./lib/base/runtime.ts";
export type { ScalarType } from "./lib/tensor/scalar.ts";
export { parseScalar, type ScalarTextType } from "./lib/tensor/scalar_text.ts";
export type {
  DeclaredType,
  DeclaredValue,
  ObjectType,
  ScalarDeclaration,
  Signature,
  TensorType,
  UnknownType,
} from "./lib/signature/signature.ts";
export { disposeStructure } from "./lib/call/structure.ts";
export type { NestedArray } from "./lib/tensor/tensor_data.ts";
export type { NdArray, TensorData } from "./lib/tensor/tensor_data.ts";
export {
  formatCallingConvention,
  formatDeclaredType,
  formatSignature,
} from "./lib/signature/signature_format.ts";
export {
  asTensor,
  type FlatElements,
  type NestedElements,
  type Tensor,
  type TensorArray,
  type TensorInput,
  type TensorMembers,
  type TensorShape,
  type TensorShapeOf,
} from "./lib/hal/typed_tensor.ts";
export {
  type ElementArrays,
  type TensorElements,
} from "./lib/tensor/element_arrays.ts";
export {
  listTaskTopologies,
  type TaskTopology,
  type TaskTopologyGroup,
  type TaskTopologyOptions,
  type TaskWorkerOptions,
  type ThreadAffinity,
} from "./lib/hal/task_topology.ts";
export {
  type CompareOptions,
  compareTensors,
  copyToHost,
  parseTensor,
  storageOf,
  tensorByteLength,
  viewStorageBytes,
} from "./lib/tooling/tensors.ts";
export type { Value, VmObject } from "./lib/vm/value.ts";
export { VmBuffer } from "./lib/vm/vm_buffer.ts";
export { Watchdog } from "./lib/tooling/watchdog.ts";
