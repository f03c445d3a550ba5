/**
 * Describes compiled programs and native libraries, without running them or
 * loading native code, and writes their TypeScript types.
 *
 * @example
 * ```ts ignore
 * import { inspectProgram } from "@iree/runtime/inspect";
 *
 * for (const { name, signature } of inspectProgram("model.vmfb").exports) {
 *   console.log(name, signature?.inputs);
 * }
 * ```
 *
 * @module
 */

export type { EmbeddedFile } from "../files/program_archive.ts";
export {
  type FileDescription,
  inspect,
  inspectProgram,
  type LibraryDescription,
} from "./inspect.ts";
export type {
  ExportDescription,
  ProgramDescription,
  ProgramSizes,
  RodataSegment,
} from "./program_description.ts";
export type { ImportDescription } from "./program_imports.ts";
export type { ParameterRequirement } from "./program_parameters.ts";
export type {
  DeviceRequirement,
  DeviceTarget,
  ExecutableRequirement,
  ExecutableTarget,
} from "./program_targets.ts";
export type {
  ProgramTuning,
  SkippedRecipe,
  TuningTrial,
} from "./program_tuning.ts";
export {
  formatProgramTypes,
  type ProgramTypesOptions,
} from "./typescript/program.ts";
export type {
  DeclaredType,
  DeclaredValue,
  ObjectType,
  ScalarDeclaration,
  Signature,
  TensorType,
  UnknownType,
} from "../signature/signature.ts";
export {
  formatCallingConvention,
  formatDeclaredType,
  formatSignature,
} from "../signature/signature_format.ts";
export type { FunctionLocation } from "./elf_library.ts";
export {
  type ExecutableModule,
  type ProgramExecutable,
  readExecutables,
} from "./program_executables.ts";
