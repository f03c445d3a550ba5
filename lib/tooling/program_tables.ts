import type { ByteSource } from "../files/byte_source.ts";
import type { FlatTable } from "../files/flatbuffer.ts";
import type { ProgramArchive } from "../files/program_archive.ts";
import type {
  AssembledFunction,
  AssembledImport,
  AssembledProgram,
} from "./assembly_text.ts";

/** Table fields by their position in IREE's `bytecode_module_def.fbs`. */
const MODULE = {
  name: 0,
  version: 1,
  types: 4,
  imports: 6,
  exports: 7,
  signatures: 8,
  rodata: 9,
  descriptors: 12,
  debug: 15,
} as const;
const TYPE = { fullName: 0 } as const;
const IMPORT = { fullName: 0, signature: 1, flags: 2 } as const;
const EXPORT = { localName: 0, ordinal: 1 } as const;
const SIGNATURE = { callingConvention: 0 } as const;
const RODATA = { embedded: 2, offset: 3, length: 4 } as const;
const DEBUG = { functions: 2 } as const;
const SOURCE_MAP = { localName: 0 } as const;

/** `OPTIONAL` in the flags of an import. */
const OPTIONAL = 2;

/** Length of a function descriptor. */
const DESCRIPTOR_LENGTH = 20;

/**
 * Reads what a disassembly needs besides the code.
 *
 * @param root The program's root table.
 * @param archive The parts of its file.
 * @param file Its file.
 */
export function readProgram(
  root: FlatTable,
  archive: ProgramArchive,
  file: ByteSource,
): AssembledProgram {
  return {
    name: root.string(MODULE.name),
    version: root.u32(MODULE.version),
    types: root.tables(MODULE.types)
      .filter((type) => type.has(TYPE.fullName))
      .map((type) => type.string(TYPE.fullName)),
    imports: root.tables(MODULE.imports).map(readImport),
    rodata: root.tables(MODULE.rodata).map((segment) =>
      segment.has(RODATA.embedded) ? segment.bytes(RODATA.embedded) : file.read(
        archive.rodataOffset + segment.u64(RODATA.offset),
        segment.u64(RODATA.length),
      )
    ),
    functions: readFunctions(root),
  };
}

function readImport(table: FlatTable): AssembledImport {
  return {
    name: table.string(IMPORT.fullName),
    callingConvention: conventionOf(table.table(IMPORT.signature)),
    optional: (table.u32(IMPORT.flags) & OPTIONAL) !== 0,
  };
}

function readFunctions(root: FlatTable): AssembledFunction[] {
  const count = root.records(MODULE.descriptors, DESCRIPTOR_LENGTH).byteLength /
    DESCRIPTOR_LENGTH;
  const signatures = root.tables(MODULE.signatures);
  const sources = root.table(MODULE.debug)?.tables(DEBUG.functions) ?? [];
  const exports: string[][] = Array.from({ length: count }, () => []);
  for (const it of root.tables(MODULE.exports)) {
    exports[it.i32(EXPORT.ordinal)]?.push(it.string(EXPORT.localName));
  }
  return exports.map((names, ordinal) => ({
    name: names[0] || sources[ordinal]?.string(SOURCE_MAP.localName) ||
      `fn${ordinal}`,
    exports: names,
    callingConvention: conventionOf(signatures[ordinal]),
  }));
}

function conventionOf(signature: FlatTable | undefined): string {
  return signature?.string(SIGNATURE.callingConvention) ?? "";
}
