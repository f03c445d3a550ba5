import { IreeError } from "../../base/error.ts";
import { allFields, Operation } from "./operations.ts";

/** The bit that distinguishes references from numbers among registers. */
export const REFERENCE_BIT = 0x8000;

/** The number of a register with a reference, without the bits above it. */
const REFERENCE_MASK = 0x3fff;

/** A branch to a block, which gives registers new numbers. */
export interface Branch {
  /** Offset of the block in the function. */
  readonly target: number;
  /** Registers as they are before, by their numbers after. */
  readonly renamed: ReadonlyMap<number, number>;
}

/** An operation of a function. */
export interface Instruction {
  /** The opcode; above 255 for those of extensions. */
  readonly opcode: number;
  /**
   * Registers, as in {@linkcode registerOf}, and lists of them, in order: those
   * that are read.
   */
  readonly reads: readonly (number | readonly number[])[];
  /** The same for registers that are written. */
  readonly writes: readonly (number | readonly number[])[];
  /** Ordinals of a type, a function or a global, or a constant. */
  readonly attribute: number | bigint;
  /** Ordinal of a type. */
  readonly type: number | undefined;
  /** Sizes of the parts of a call's arguments; `undefined` for plain calls. */
  readonly sizes: readonly number[] | undefined;
  readonly branches: readonly Branch[];
}

/** The operations from one branch target to the next. */
export interface Block {
  readonly offset: number;
  readonly instructions: readonly Instruction[];
}

/**
 * The key of a register. References and numbers have registers of their own.
 *
 * @param encoded The register in the bytecode.
 */
export function registerOf(encoded: number): number {
  return (encoded & REFERENCE_BIT) === 0
    ? encoded
    : REFERENCE_BIT | encoded & REFERENCE_MASK;
}

/**
 * Reads the operations of a function.
 *
 * @param code The function's bytecode.
 * @returns Its blocks in order; throws INVALID_ARGUMENT for damaged bytecode,
 * and for operations of a newer version.
 */
export function readBlocks(code: DataView<ArrayBuffer>): Block[] {
  const reader = new InstructionReader(code);
  const blocks: { offset: number; instructions: Instruction[] }[] = [];
  while (!reader.isAtEnd) {
    const offset = reader.offset;
    const instruction = reader.read();
    if (instruction.opcode === Operation.block) {
      blocks.push({ offset, instructions: [] });
    } else if (blocks.length === 0) {
      throw damaged("begins without a block");
    } else {
      blocks.at(-1)!.instructions.push(instruction);
    }
  }
  return blocks;
}

function damaged(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", `a function ${problem}`);
}

class InstructionReader {
  readonly #code: DataView<ArrayBuffer>;
  offset = 0;

  constructor(code: DataView<ArrayBuffer>) {
    this.#code = code;
  }

  /** Functions are padded with zeros, which follow the last operation. */
  get isAtEnd(): boolean {
    return this.offset >= this.#code.byteLength;
  }

  read(): Instruction {
    const first = this.#u8();
    const all = allFields();
    const extension = all.has(first) && first !== 0 ? first : 0;
    const opcode = extension === 0 ? first : this.#u8();
    const fields = all.get(extension)?.get(opcode);
    if (fields === undefined) throw damaged(`has operation ${first} ${opcode}`);
    const reads: (number | number[])[] = [];
    const writes: (number | number[])[] = [];
    const branches: { target: number; renamed: Map<number, number> }[] = [];
    let attribute: number | bigint = 0;
    let type: number | undefined;
    let sizes: number[] | undefined;
    for (const field of fields) {
      switch (field) {
        case "i":
        case "l":
        case "r":
          reads.push(registerOf(this.#u16()));
          break;
        case "I":
        case "L":
        case "R":
          writes.push(registerOf(this.#u16()));
          break;
        case "4":
        case "c":
        case "f":
          attribute = this.#u32();
          break;
        case "8":
        case "C":
          attribute = this.#i64();
          break;
        case "t":
          type = this.#u32();
          break;
        case "b":
          branches.push({ target: this.#u32(), renamed: new Map() });
          break;
        case "m":
          this.#readRenamed(branches.at(-1)!.renamed);
          break;
        case "s":
          this.#skip(this.#u16());
          break;
        case "o":
          reads.push(this.#list().map(registerOf));
          break;
        case "O":
          writes.push(this.#list().map(registerOf));
          break;
        case "n":
          sizes = this.#list();
          break;
        case "x":
          for (let count = this.#u16(); count > 0; count--) {
            const branch = { target: this.#u32(), renamed: new Map() };
            this.#readRenamed(branch.renamed);
            branches.push(branch);
          }
      }
    }
    return {
      opcode: extension * 256 + opcode,
      reads,
      writes,
      attribute,
      type,
      sizes,
      branches,
    };
  }

  #readRenamed(renamed: Map<number, number>): void {
    this.#align();
    for (let count = this.#u16(); count > 0; count--) {
      const before = registerOf(this.#u16());
      renamed.set(registerOf(this.#u16()), before);
    }
  }

  #list(): number[] {
    this.#align();
    return Array.from({ length: this.#u16() }, () => this.#u16());
  }

  #align(): void {
    this.offset += this.offset % 2;
  }

  #skip(length: number): number {
    const { offset } = this;
    this.offset += length;
    if (this.offset > this.#code.byteLength) throw damaged("ends too early");
    return offset;
  }

  #u8(): number {
    return this.#code.getUint8(this.#skip(1));
  }

  #u16(): number {
    return this.#code.getUint16(this.#skip(2), true);
  }

  #u32(): number {
    return this.#code.getUint32(this.#skip(4), true);
  }

  #i64(): bigint {
    return this.#code.getBigInt64(this.#skip(8), true);
  }
}
