import { ownValue } from "../base/own_value.ts";
import type { ByteSource } from "../files/byte_source.ts";
import type { FunctionDescription } from "../vm/module.ts";

// Programs have no table of parameters. They call functions to read or write
// them, with constants for scope, keys and lengths. This finds those calls and
// the instructions before them that load the constants.

/** A parameter that a program reads or writes. */
export interface ParameterRequirement {
  /** The scope's name; empty for parameters without a scope. */
  readonly scope: string;
  /** The key in the scope. */
  readonly key: string;
  /** The number of bytes used. */
  readonly byteLength: number;
  /** Whether the program writes it instead of reading it. */
  readonly written: boolean;
}

/** A constant's position in the program's file. */
interface Constant {
  readonly offset: number;
  readonly byteLength: number;
}

/** Which arguments of the functions are constants. */
interface Arguments {
  readonly count: number;
  readonly scope: number;
  readonly keyTable: number;
  readonly keyData: number;
  readonly spans: number;
}

const FUNCTIONS: Readonly<Record<string, Arguments>> = {
  "io_parameters.load": {
    count: 11,
    scope: 4,
    keyTable: 8,
    keyData: 9,
    spans: 10,
  },
  "io_parameters.gather": {
    count: 9,
    scope: 4,
    keyTable: 6,
    keyData: 7,
    spans: 8,
  },
  "io_parameters.scatter": {
    count: 9,
    scope: 5,
    keyTable: 6,
    keyData: 7,
    spans: 8,
  },
};
const WRITES = "io_parameters.scatter";

/** The operations that load null and a constant into a register. */
const CONST_REF_ZERO = 16;
const CONST_REF_RODATA = 17;

/** The bit that distinguishes references from numbers among registers. */
const REFERENCE_BIT = 0x8000;

/** The bit that distinguishes imports from a program's own functions. */
const IMPORT_BIT = 0x80000000;

/** The register number, without the bits that describe its contents. */
const REGISTER_MASK = 0x3fff;

/** Offset and length of a key in the table; spans consist of three numbers. */
const KEY_LENGTH = 8;
const SPAN_LENGTH = 24;

/**
 * Finds the parameters that a program reads or writes.
 *
 * @param bytecode The program's code.
 * @param imports The imported functions.
 * @param rodata Its constants.
 * @param source The program's file.
 * @returns The parameters, without duplicates, in the order of the calls.
 */
export function findParameters(
  bytecode: Uint8Array<ArrayBuffer>,
  imports: readonly FunctionDescription[],
  rodata: readonly Constant[],
  source: ByteSource,
): ParameterRequirement[] {
  const code = viewOf(bytecode);
  const found = new Map<string, ParameterRequirement>();
  for (const [ordinal, { name }] of imports.entries()) {
    const described = ownValue(FUNCTIONS, name);
    if (described === undefined) continue;
    for (const call of findCalls(code, ordinal, described.count)) {
      const constant = (argument: number) => {
        const register = code.getUint16(call.operands + 2 * argument, true);
        const segment = findConstant(code, call.at, register, rodata);
        return segment && source.read(segment.offset, segment.byteLength);
      };
      const written = name === WRITES;
      for (const it of readParameters(described, constant, written)) {
        found.set(`${it.written} ${it.scope}\0${it.key}`, it);
      }
    }
  }
  return [...found.values()];
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Finds calls of an import and the positions of their argument registers. */
function* findCalls(
  code: DataView<ArrayBuffer>,
  ordinal: number,
  count: number,
): Generator<{ at: number; operands: number }> {
  const callee = (IMPORT_BIT | ordinal) >>> 0;
  const length = 4 + 1 + 2 + 2 * count;
  for (let at = 1; at + length <= code.byteLength; at++) {
    if (code.getUint32(at, true) !== callee) continue;
    // Lists of registers are aligned to their size.
    const list = at + 4 + at % 2;
    if (code.getUint16(list, true) !== count) continue;
    yield { at, operands: list + 2 };
  }
}

/** Finds the constant that a register holds before a call. */
function findConstant(
  code: DataView<ArrayBuffer>,
  call: number,
  register: number,
  rodata: readonly Constant[],
): Constant | undefined {
  const wanted = REFERENCE_BIT | register & REGISTER_MASK;
  // The shorter operation, and the longer one.
  for (let at = call - 3; at >= 0; at--) {
    const operation = code.getUint8(at);
    if (operation === CONST_REF_ZERO) {
      if (code.getUint16(at + 1, true) === wanted) return undefined;
    } else if (operation === CONST_REF_RODATA && at + 7 <= call) {
      const segment = rodata[code.getUint32(at + 1, true)];
      if (segment && code.getUint16(at + 5, true) === wanted) return segment;
    }
  }
  return undefined;
}

function readParameters(
  described: Arguments,
  constant: (argument: number) => Uint8Array<ArrayBuffer> | undefined,
  written: boolean,
): ParameterRequirement[] {
  const scope = constant(described.scope);
  const keyTable = constant(described.keyTable);
  const keyData = constant(described.keyData);
  const spans = constant(described.spans);
  if (!keyTable || !keyData || !spans) return [];
  const count = keyTable.length / KEY_LENGTH;
  if (spans.length !== count * SPAN_LENGTH) return [];
  const decoder = new TextDecoder();
  const keys = viewOf(keyTable);
  const lengths = viewOf(spans);
  return Array.from({ length: count }, (_, index) => {
    const start = keys.getUint32(index * KEY_LENGTH, true);
    const end = start + keys.getUint32(index * KEY_LENGTH + 4, true);
    return {
      // Programs pass null for the scope of parameters without one.
      scope: decoder.decode(scope ?? new Uint8Array()),
      key: decoder.decode(keyData.subarray(start, end)),
      byteLength: Number(
        lengths.getBigUint64(index * SPAN_LENGTH + SPAN_LENGTH - 8, true),
      ),
      written,
    };
  });
}
