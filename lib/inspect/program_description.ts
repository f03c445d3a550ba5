import { IreeError } from "../base/error.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import {
  type EmbeddedFile,
  type ProgramArchive,
  readArchive,
} from "../files/program_archive.ts";
import { findAsyncForm, findSyncForm } from "../signature/async_form.ts";
import { parseSignature, type Signature } from "../signature/signature.ts";
import { foreignCompiler, readBytecodeVersion } from "../vm/compatibility.ts";
import type { FunctionDescription, ModuleDependency } from "../vm/module.ts";
import type { ExportedCode } from "./import_types.ts";
import {
  findParameters,
  type ParameterRequirement,
} from "./program_parameters.ts";
import { describeImports, type ImportDescription } from "./program_imports.ts";
import { type ProgramTuning, readTuning } from "./program_tuning.ts";
import {
  type DeviceRequirement,
  type ExecutableRequirement,
  isExecutableFormat,
  readTargets,
  recognizeExecutable,
} from "./program_targets.ts";

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

/** Table fields by their position in IREE's `bytecode_module_def.fbs`. */
const MODULE = {
  name: 0,
  version: 1,
  requirements: 2,
  attributes: 3,
  types: 4,
  dependencies: 5,
  imports: 6,
  exports: 7,
  signatures: 8,
  rodata: 9,
  state: 11,
  bytecode: 14,
  debug: 15,
} as const;
const PAIR = { key: 0, value: 1 } as const;
const TYPE = { fullName: 0 } as const;
const DEPENDENCY = { name: 0, minimumVersion: 1, flags: 2 } as const;
const IMPORT = { fullName: 0, signature: 1, flags: 2 } as const;
const EXPORT = { localName: 0, ordinal: 1 } as const;
const SIGNATURE = { callingConvention: 0, attributes: 1 } as const;
const RODATA = { embedded: 2, offset: 3, length: 4 } as const;
const STATE = { globalBytes: 0 } as const;
const DEBUG = { locations: 1 } as const;

/** `OPTIONAL` in both kinds of flags; only `REQUIRED` precedes it. */
const OPTIONAL = 2;

const FEATURES = ["EXT_F32", "EXT_F64", "YIELD", "UNWIND"];

/** Modules whose types are always registered. */
const BUILTIN_TYPES = /^(?:vm|hal|util)\./;

/** Longest constant that is included as text. */
const MAX_TEXT_LENGTH = 256;

/** A damaged file does not keep a program from being described or loaded. */
function describeTuning(
  tuning: ProgramTuning | IreeError | undefined,
): Pick<ProgramDescription, "tuning" | "tuningProblem"> {
  return tuning instanceof IreeError
    ? { tuning: undefined, tuningProblem: tuning.detail }
    : { tuning, tuningProblem: undefined };
}

/**
 * Describes a program.
 *
 * @param source The program's file.
 */
export function describeProgram(source: ByteSource): ProgramDescription {
  const archive = readArchive(source);
  const root = FlatTable.root(archive.flatbuffer, "IREE");
  const bytecode = root.bytes(MODULE.bytecode);
  const types = root.tables(MODULE.types)
    .map((type) => type.string(TYPE.fullName));
  const rodata = root.tables(MODULE.rodata)
    .map((segment, index) => describeRodata(source, archive, segment, index));
  const targets = readTargets(bytecode);
  const bytecodeVersion = readBytecodeVersion(root);
  const imports = root.tables(MODULE.imports).map(describeImport);
  const dependencies = root.tables(MODULE.dependencies)
    .map(describeDependency);
  const compatibility = { bytecodeVersion, dependencies, imports };
  const exports = describeExports(root);
  const customTypes = findCustomTypes(types);
  const code = { root, bytecode, imports, exports: codeOf(root, exports) };
  return {
    kind: "program",
    name: root.string(MODULE.name),
    version: root.u32(MODULE.version),
    bytecodeVersion,
    foreignCompiler: foreignCompiler(compatibility),
    attributes: readAttributes(root, MODULE.attributes),
    features: readFeatures(root.u32(MODULE.requirements)),
    exports,
    imports: describeImports({ ...code, types, customTypes }),
    dependencies,
    types,
    customTypes,
    parameters: findParameters(bytecode, imports, rodata, source),
    ...targets,
    executableFormats: findFormats(targets.executables, rodata),
    rodata,
    files: archive.files,
    ...describeTuning(readTuning(source, archive.files)),
    sizes: {
      file: source.byteLength,
      flatbuffer: archive.flatbuffer.length,
      bytecode: bytecode.length,
      rodata: rodata.reduce((sum, { byteLength }) => sum + byteLength, 0),
      globals: root.table(MODULE.state)?.i32(STATE.globalBytes) ?? 0,
    },
    locationCount: root.table(MODULE.debug)?.count(DEBUG.locations) ?? 0,
  };
}

function readAttributes(
  table: FlatTable | undefined,
  field: number,
): Record<string, string> {
  const pairs = table?.tables(field) ?? [];
  return Object.fromEntries(
    pairs.map((pair) => [pair.string(PAIR.key), pair.string(PAIR.value)]),
  );
}

function readFeatures(bits: number): string[] {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => (bits & (1 << bit)) !== 0)
    .map((bit) => FEATURES[bit] ?? `bit ${bit}`);
}

function describeExports(root: FlatTable): ExportDescription[] {
  const signatures = root.tables(MODULE.signatures);
  const exports = root.tables(MODULE.exports).map((table) => {
    const name = table.string(EXPORT.localName);
    const described = signatures[table.i32(EXPORT.ordinal)];
    if (described === undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `FlatBuffer verification failed: '${name}' has no function`,
      );
    }
    return {
      name,
      callingConvention: described.string(SIGNATURE.callingConvention),
      attributes: readAttributes(described, SIGNATURE.attributes),
      optional: false,
    };
  });
  return exports.map((it) => ({
    ...it,
    signature: signatureOf(it, exports),
    asyncForm: findAsyncForm(it, exports)?.name,
  }));
}

function codeOf(
  root: FlatTable,
  exports: readonly ExportDescription[],
): ExportedCode[] {
  return root.tables(MODULE.exports).map((table, at) => {
    const described = exports[at]!;
    return {
      ...described,
      ordinal: table.i32(EXPORT.ordinal),
      inputs: described.signature?.inputs,
      outputs: described.signature?.outputs,
    };
  });
}

// The declaration of an asynchronous form has the function's name, if any.
function signatureOf(
  described: FunctionDescription,
  exports: readonly FunctionDescription[],
): Signature | undefined {
  const sync = findSyncForm(described, exports);
  const { attributes, name } = sync ?? described;
  const signature = parseSignature(
    attributes["iree.abi.declaration"] ?? "",
    name,
  );
  return signature && sync ? { ...signature, model: "async" } : signature;
}

function describeImport(table: FlatTable): FunctionDescription {
  const signature = table.table(IMPORT.signature);
  return {
    name: table.string(IMPORT.fullName),
    callingConvention: signature?.string(SIGNATURE.callingConvention) ?? "",
    attributes: readAttributes(signature, SIGNATURE.attributes),
    optional: (table.u32(IMPORT.flags) & OPTIONAL) !== 0,
  };
}

function describeDependency(table: FlatTable): ModuleDependency {
  return {
    name: table.string(DEPENDENCY.name),
    minimumVersion: table.u32(DEPENDENCY.minimumVersion),
    optional: (table.u32(DEPENDENCY.flags) & OPTIONAL) !== 0,
  };
}

function describeRodata(
  source: ByteSource,
  archive: ProgramArchive,
  segment: FlatTable,
  ordinal: number,
): RodataSegment {
  const external = !segment.has(RODATA.embedded);
  const bytes = segment.bytes(RODATA.embedded);
  const byteLength = external ? segment.u64(RODATA.length) : bytes.length;
  const offset = external
    ? archive.rodataOffset + segment.u64(RODATA.offset)
    : archive.flatbufferOffset + bytes.byteOffset -
      archive.flatbuffer.byteOffset;
  if (offset + byteLength > source.byteLength) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `rodata[${ordinal}] external reference out of range`,
      { hint: "the file is truncated or damaged" },
    );
  }
  return {
    byteLength,
    offset,
    external,
    text: external ? undefined : readShortText(bytes),
    executable: recognizeExecutable(source, offset, byteLength),
    file: archive.files?.find((it) => it.offset === offset)?.name,
  };
}

function readShortText(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (bytes.length === 0 || bytes.length > MAX_TEXT_LENGTH) return undefined;
  const text = new TextDecoder().decode(bytes);
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function findCustomTypes(types: readonly string[]): string[] {
  const objects = types.flatMap((type) =>
    Array.from(type.matchAll(/!([\w.$]+)/g), ([, name = ""]) => name)
  );
  return [...new Set(objects)].filter((name) => !BUILTIN_TYPES.test(name));
}

function findFormats(
  executables: readonly ExecutableRequirement[],
  rodata: readonly RodataSegment[],
): string[] {
  const texts = rodata.flatMap(({ text }) => text ?? [])
    .filter(isExecutableFormat);
  return [
    ...new Set([...executables.flatMap(({ formats }) => formats), ...texts]),
  ];
}
