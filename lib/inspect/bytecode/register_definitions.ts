import type { Block, Instruction } from "./function_code.ts";

/** Where a register's value comes from. */
export type Definition =
  /** An argument of the function, in the register with that key. */
  | { readonly kind: "argument"; readonly register: number }
  /** A result of an operation, by its position among the results. */
  | {
    readonly kind: "result";
    readonly block: number;
    readonly at: number;
    readonly instruction: Instruction;
    readonly position: number;
  };

/** A branch to a block. */
interface Edge {
  readonly block: number;
  readonly at: number;
  readonly renamed: ReadonlyMap<number, number>;
}

/** Finds where the values of registers come from. */
export class RegisterDefinitions {
  readonly #blocks: readonly Block[];
  // Of each block: the operations that write a register, in order.
  readonly #writers: readonly Map<number, number[]>[];
  readonly #edges: readonly Edge[][];

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    const ordinals = new Map(blocks.map(({ offset }, at) => [offset, at]));
    const edges: Edge[][] = blocks.map(() => []);
    this.#edges = edges;
    this.#writers = blocks.map(({ instructions }, block) => {
      const writers = new Map<number, number[]>();
      for (const [at, { writes, branches }] of instructions.entries()) {
        for (const register of writes.flat()) {
          const all = writers.get(register) ?? [];
          all.push(at);
          writers.set(register, all);
        }
        for (const { target, renamed } of branches) {
          edges[ordinals.get(target) ?? -1]?.push({ block, at, renamed });
        }
      }
      return writers;
    });
  }

  /**
   * Finds all definitions that can reach an operation.
   *
   * @param register The register's key.
   * @param block The block of the operation.
   * @param at Position of the operation in the block.
   */
  find(register: number, block: number, at: number): Definition[] {
    const found: Definition[] = [];
    const entered = new Set<string>();
    const open = [{ register, block, at }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { register, block, at } = next;
      const writer = this.#writers[block]?.get(register)
        ?.findLast((it) => it < at);
      if (writer !== undefined) {
        const instruction = this.#blocks[block]!.instructions[writer]!;
        const position = instruction.writes.flat().indexOf(register);
        found.push({
          kind: "result",
          block,
          at: writer,
          instruction,
          position,
        });
        continue;
      }
      const key = `${block} ${register}`;
      if (entered.has(key)) continue;
      entered.add(key);
      if (block === 0) found.push({ kind: "argument", register });
      for (const edge of this.#edges[block] ?? []) {
        open.push({
          register: edge.renamed.get(register) ?? register,
          block: edge.block,
          at: edge.at,
        });
      }
    }
    return found;
  }
}
