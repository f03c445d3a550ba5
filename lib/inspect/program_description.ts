import type { EmbeddedFile } from "../files/program_archive.ts";
import type { Signature } from "../signature/signature.ts";
import type { FunctionDescription, ModuleDependency } from "../vm/module.ts";
import type { ImportDescription } from "./program_imports.ts";
import type { ParameterRequirement } from "./program_parameters.ts";
import type {
  DeviceRequirement,
  ExecutableRequirement,
} from "./program_targets.ts";
import type { ProgramTuning } from "./program_tuning.ts";

/** An exported function of a program. */
export interface ExportDescription extends FunctionDescription {
  /**
   * Inputs and outputs as the program's author declared them, if the program
   * has the declaration.
   */
  readonly signature: Signature | undefined;
  /**
   * Name of the export that is its asynchronous form, `name$async`, if it has
   * one: the same function with two fences at the end.
   */
  readonly asyncForm: string | undefined;
}

/** Read-only data of a program: constants and executables. */
export interface RodataSegment {
  /** Length in bytes. */
  readonly byteLength: number;
  /** Offset in the program's file. */
  readonly offset: number;
  /** Whether it follows the FlatBuffer instead of being in it. */
  readonly external: boolean;
  /** The contents, if they are a short text. */
  readonly text: string | undefined;
  /** The kind of code, such as `elf x86_64`, `vmvx` or `vulkan`, if it is code. */
  readonly executable: string | undefined;
  /** The name of its file in the archive. */
  readonly file: string | undefined;
}

/** A program's sizes in bytes. */
export interface ProgramSizes {
  /** The whole file. */
  readonly file: number;
  /** The FlatBuffer, including bytecode and small constants. */
  readonly flatbuffer: number;
  /** The VM bytecode. */
  readonly bytecode: number;
  /** All constants and executables. */
  readonly rodata: number;
  /** A context's memory for scalar globals. */
  readonly globals: number;
}

/** A description of a compiled program, made without loading it. */
export interface ProgramDescription {
  /** Distinguishes programs from libraries. */
  readonly kind: "program";
  /** The module's name. */
  readonly name: string;
  /** The module's version. */
  readonly version: number;
  /** The bytecode version, such as `17.0`. */
  readonly bytecodeVersion: string;
  /**
   * The compiler that built the program, such as `IREE 3.10`, if it differs from
   * this runtime's and the program cannot run here. `undefined` if
   * unknown.
   */
  readonly foreignCompiler: string | undefined;
  /** The module's attributes by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Required VM features: `EXT_F32`, `EXT_F64`, `YIELD`, `UNWIND`. */
  readonly features: readonly string[];
  /** Exported functions, including `__init` and similar ones. */
  readonly exports: readonly ExportDescription[];
  /** Imported functions, by their full names. */
  readonly imports: readonly ImportDescription[];
  /** Required modules, in the program's order. */
  readonly dependencies: readonly ModuleDependency[];
  /** Names of the types it uses, such as `i32` and `!hal.buffer`. */
  readonly types: readonly string[];
  /**
   * Custom types, without `!`: those that IREE's modules do not define. Load the
   * modules that define them before the program.
   */
  readonly customTypes: readonly string[];
  /** Parameters that it reads or writes, as far as its code shows. */
  readonly parameters: readonly ParameterRequirement[];
  /** Devices that it requires. */
  readonly devices: readonly DeviceRequirement[];
  /** Its executables. */
  readonly executables: readonly ExecutableRequirement[];
  /** All executable formats that it mentions. */
  readonly executableFormats: readonly string[];
  /** Its constants and executables. */
  readonly rodata: readonly RodataSegment[];
  /** Files that any ZIP tool can extract. */
  readonly files: readonly EmbeddedFile[] | undefined;
  /** The tuning result, if the program was tuned. */
  readonly tuning: ProgramTuning | undefined;
  /** Why the tuning result is ignored, if its file is damaged. */
  readonly tuningProblem: string | undefined;
  /** Its sizes. */
  readonly sizes: ProgramSizes;
  /** The number of source locations in its debug information. */
  readonly locationCount: number;
}
