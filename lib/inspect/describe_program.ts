import { IreeError } from "../base/error.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import { readArchive } from "../files/program_archive.ts";
import { findAsyncForm, findSyncForm } from "../signature/async_form.ts";
import { parseSignature, type Signature } from "../signature/signature.ts";
import { foreignCompiler, readBytecodeVersion } from "../vm/program_version.ts";
import type { FunctionDescription, ModuleDependency } from "../vm/module.ts";
import type { ExportedCode } from "./bytecode/program_code.ts";
import type {
  ExportDescription,
  ProgramDescription,
  RodataSegment,
} from "./program_description.ts";
import { describeImports } from "./program_imports.ts";
import { findParameters } from "./program_parameters.ts";
import { describeRodata } from "./program_rodata.ts";
import {
  type ExecutableRequirement,
  isExecutableFormat,
  readTargets,
} from "./program_targets.ts";
import { type ProgramTuning, readTuning } from "./program_tuning.ts";

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
const STATE = { globalBytes: 0 } as const;
const DEBUG = { locations: 1 } as const;

/** `OPTIONAL` in both kinds of flags; only `REQUIRED` precedes it. */
const OPTIONAL = 2;

const FEATURES = ["EXT_F32", "EXT_F64", "YIELD", "UNWIND"];

/** Modules whose types are always registered. */
const BUILTIN_TYPES = /^(?:vm|hal|util)\./;

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
