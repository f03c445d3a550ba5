import { IreeError } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import { readArchive } from "../files/program_archive.ts";
import type { FunctionDescription, ModuleDependency } from "./module.ts";

// A program does not name its compiler. Differences between compiler versions
// reveal it: the bytecode version, the HAL version and the types of its
// functions.

/** The compiler for this runtime, as a `pip install` requirement. */
export const COMPILER = "iree-base-compiler==3.13.0";

/** Bytecode version of this runtime. */
const BYTECODE = { major: 17, minor: 0 } as const;

/** HAL module version of this runtime. */
const HAL_VERSION = 7;

/**
 * HAL functions of IREE 3.11, which has the same bytecode version, that
 * changed.
 */
const CHANGED: Readonly<Record<string, string>> = {
  "hal.command_buffer.dispatch": "0rriiiiICiDCiirIID_v",
  "hal.command_buffer.dispatch.indirect": "0rriirIICiDCiirIID_v",
};

const NEWER = "a newer IREE than 3.13";

/** Properties that determine whether a program can run here. */
export interface ProgramVersion {
  /** Bytecode version, such as `17.0`. */
  readonly bytecodeVersion: string;
  /** The modules that it requires. */
  readonly dependencies: readonly ModuleDependency[];
  /** The functions that it requires. */
  readonly imports: readonly FunctionDescription[];
}

/**
 * Checks whether a program was compiled by an incompatible compiler.
 *
 * @param program The program's requirements.
 * @returns The compiler, such as `IREE 3.10`; `undefined` if the program is
 * compatible.
 */
export function foreignCompiler(program: ProgramVersion): string | undefined {
  const [major = 0, minor = 0] = program.bytecodeVersion.split(".").map(Number);
  if (major !== BYTECODE.major || minor > BYTECODE.minor) {
    return bytecodeCompiler(major);
  }
  return linkedCompiler(program.dependencies, program.imports);
}

function bytecodeCompiler(major: number): string {
  if (major >= BYTECODE.major) return NEWER;
  return major === 16 ? "IREE 3.10" : "IREE 3.9 or earlier";
}

/**
 * Performs the same check for a program with a supported bytecode version.
 *
 * @param dependencies The modules that it requires.
 * @param imports The functions that it requires.
 */
export function linkedCompiler(
  dependencies: readonly ModuleDependency[],
  imports: readonly FunctionDescription[],
): string | undefined {
  const hal = dependencies.find(({ name }) => name === "hal");
  if (hal !== undefined && hal.minimumVersion > HAL_VERSION) return NEWER;
  const isOld = imports.some(({ name, callingConvention }) =>
    ownValue(CHANGED, name) === callingConvention
  );
  return isOld ? "IREE 3.11" : undefined;
}

/** How to fix an incompatible program. */
export const COMPILE_AGAIN: string =
  `compile it again with the compiler of this runtime: pip install ${COMPILER}`;

/** Field of IREE's `BytecodeModuleDef`. */
const BYTECODE_VERSION = 13;

/**
 * Reads the version of a program's bytecode.
 *
 * @param root The program's root table.
 * @returns Major and minor version: `17.0`.
 */
export function readBytecodeVersion(root: FlatTable): string {
  const version = root.u32(BYTECODE_VERSION);
  return `${version >>> 16}.${version & 0xffff}`;
}

/**
 * Finds the compiler of a program whose bytecode this runtime rejects.
 *
 * @param source The program's file.
 * @returns The compiler; `undefined` if the bytecode version is supported, or
 * cannot be read.
 */
export function bytecodeOrigin(source: ByteSource): string | undefined {
  try {
    const root = FlatTable.root(readArchive(source).flatbuffer, "IREE");
    const bytecodeVersion = readBytecodeVersion(root);
    return foreignCompiler({ bytecodeVersion, dependencies: [], imports: [] });
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    return undefined;
  }
}
