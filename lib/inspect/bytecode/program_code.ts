import {
  parseCallingConvention,
  type ValueType,
} from "../../signature/calling_convention.ts";
import type { DeclaredType } from "../../signature/signature.ts";
import type { FunctionDescription } from "../../vm/module.ts";

/** An exported function and its code. */
export interface ExportedCode extends FunctionDescription {
  readonly ordinal: number;
  readonly inputs: readonly DeclaredType[] | undefined;
  readonly outputs: readonly DeclaredType[] | undefined;
}

/** A program's code. */
export interface ProgramCode {
  /** The bytecode of each function. */
  readonly functions: readonly DataView<ArrayBuffer>[];
  /** Calling conventions of the functions. */
  readonly conventions: readonly string[];
  readonly exports: readonly ExportedCode[];
  readonly imports: readonly FunctionDescription[];
  /** Names of its types. */
  readonly types: readonly string[];
}

/** Whether a function is one of IREE's modules, whose types are known. */
export function isBuiltinImport(name: string): boolean {
  return /^(?:hal|hal_inline|hal_loader|io_parameters|vmvx)\./.test(name);
}

/** Types of a function's arguments and results. */
export interface ValueTypes {
  readonly arguments: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/**
 * Returns the types of a function's arguments and results.
 *
 * @param convention The calling convention.
 */
export function slotsOf(convention: string): ValueTypes {
  const parsed = parseCallingConvention(convention);
  return {
    arguments: parsed.arguments.slots.map(({ type }) => type),
    results: parsed.results.slots.map(({ type }) => type),
  };
}
