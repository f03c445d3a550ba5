import { ownValue } from "../../base/own_value.ts";
import type { DeclaredType } from "../../signature/signature.ts";
import { elementTypeOfCode } from "../../tensor/element_type.ts";
import {
  type Block,
  type Instruction,
  REFERENCE_BIT,
} from "./function_code.ts";
import { Operation } from "./operations.ts";
import { isBuiltinImport, type ProgramCode, slotsOf } from "./program_code.ts";
import {
  type Definition,
  RegisterDefinitions,
} from "./register_definitions.ts";
import {
  argumentNode,
  IMPORT_BIT,
  type Known,
  resultNode,
  type TypeNodes,
} from "./type_nodes.ts";

/** What functions of IREE's modules return, by the start of their name. */
const RETURNED: readonly (readonly [RegExp, string])[] = [
  [/^hal(?:_inline)?\.buffer_view\.create$/, "hal.buffer_view"],
  [/^hal\.fence\.(?:create|join)$/, "hal.fence"],
  [/^hal\.devices\.get$/, "hal.device"],
  [/^hal\.(?:device\.queue\.alloca|allocator\.allocate)$/, "hal.buffer"],
];

/** Operations whose result has the type of an attribute. */
const TYPED: ReadonlySet<number> = new Set([
  Operation.globalLoadRef,
  Operation.globalLoadIndirectRef,
  Operation.listGetRef,
  Operation.selectRef,
  Operation.switchRef,
  Operation.castAnyRef,
]);

const CALLS: ReadonlySet<number> = new Set([
  Operation.call,
  Operation.callVariadic,
  Operation.callYieldable,
  Operation.callVariadicYieldable,
]);

const MADE: Readonly<Record<number, string>> = {
  [Operation.constRodata]: "vm.buffer",
  [Operation.bufferAlloc]: "vm.buffer",
  [Operation.bufferClone]: "vm.buffer",
};

/** Where the arguments of `buffer_view.create` and `assert` begin. */
const CREATE = { elementType: 3, dims: 5 } as const;
const ASSERT = { elementType: 2, dims: 4 } as const;

/** Collects the types of objects that one function's code shows. */
export class FunctionTypes {
  readonly #code: ProgramCode;
  readonly #nodes: TypeNodes;
  readonly #ordinal: number;
  readonly #blocks: readonly Block[];
  readonly #definitions: RegisterDefinitions;

  constructor(
    code: ProgramCode,
    nodes: TypeNodes,
    ordinal: number,
    blocks: readonly Block[],
  ) {
    this.#code = code;
    this.#nodes = nodes;
    this.#ordinal = ordinal;
    this.#blocks = blocks;
    this.#definitions = new RegisterDefinitions(blocks);
  }

  /** Adds the types to the nodes. */
  collect(): void {
    for (const [block, { instructions }] of this.#blocks.entries()) {
      for (const [at, instruction] of instructions.entries()) {
        const place = { block, at, instruction };
        if (CALLS.has(instruction.opcode)) this.#collectCall(place);
        else if (instruction.opcode === Operation.return) {
          this.#collectReturn(place);
        } else this.#collectTyped(place);
      }
    }
  }

  // A value of a known type, such as what a global stores.
  #collectTyped({ block, at, instruction }: Place): void {
    const { opcode, type, reads } = instruction;
    const isStore = opcode === Operation.globalStoreRef ||
      opcode === Operation.globalStoreIndirectRef;
    if (!isStore && !TYPED.has(opcode) || type === undefined) return;
    const known = this.#knownOf(type);
    // The list that an element comes from has another type.
    const values = opcode === Operation.listGetRef ? [] : reads.flat();
    for (const register of values) {
      if ((register & REFERENCE_BIT) === 0) continue;
      for (const it of this.#find(register, block, at)) {
        const node = this.#nodeOf(it);
        if (node !== undefined) this.#nodes.add(node, known);
      }
    }
  }

  #collectReturn(place: Place): void {
    const [values] = place.instruction.reads as [readonly number[]];
    values.forEach((register, ordinal) =>
      this.#flow(register, place, resultNode(this.#ordinal, ordinal))
    );
  }

  #collectCall(place: Place): void {
    const callee = Number(place.instruction.attribute);
    const [values] = place.instruction.reads as [readonly number[]];
    if (/^hal(?:_inline)?\.buffer_view\.assert$/.test(this.#nameOf(callee))) {
      const declared = this.#tensorOf(place, ASSERT);
      for (const it of this.#find(values[0]!, place.block, place.at)) {
        const node = this.#nodeOf(it);
        if (node !== undefined) this.#nodes.add(node, { declared });
      }
    } else if (!this.#isBuiltin(callee)) {
      values.forEach((register, ordinal) =>
        this.#flow(register, place, argumentNode(callee, ordinal))
      );
    }
  }

  /** Records that a register's value becomes an argument or a result. */
  #flow(register: number, { block, at }: Place, target: string): void {
    if ((register & REFERENCE_BIT) === 0) return;
    for (const it of this.#find(register, block, at)) {
      const node = this.#nodeOf(it);
      if (node !== undefined) this.#nodes.join(target, node);
      const known = this.#typeOf(it);
      if (known !== undefined) this.#nodes.add(target, known);
    }
  }

  /** Finds definitions, through operations that only pass a value on. */
  #find(register: number, block: number, at: number): Definition[] {
    return this.#definitions.find(register, block, at).flatMap((it) =>
      it.kind === "result" && it.instruction.opcode === Operation.assignRef
        ? this.#find(it.instruction.reads[0] as number, it.block, it.at)
        : [it]
    );
  }

  #nodeOf(definition: Definition): string | undefined {
    if (definition.kind === "argument") {
      return this.#argumentOf(definition.register);
    }
    const { instruction, position } = definition;
    const callee = Number(instruction.attribute);
    return CALLS.has(instruction.opcode) && !this.#isBuiltin(callee)
      ? resultNode(callee, position)
      : undefined;
  }

  #isBuiltin(callee: number): boolean {
    return isBuiltinImport(this.#nameOf(callee));
  }

  #nameOf(callee: number): string {
    return this.#code.imports[callee - IMPORT_BIT]?.name ?? "";
  }

  // Arguments are in the first registers of their kind, in order.
  #argumentOf(register: number): string | undefined {
    const { arguments: types } = slotsOf(
      this.#code.conventions[this.#ordinal] ?? "",
    );
    const wanted = register - REFERENCE_BIT;
    const ordinals = [...types.keys()].filter((it) => types[it] === "ref");
    const ordinal = ordinals[wanted];
    return ordinal === undefined
      ? undefined
      : argumentNode(this.#ordinal, ordinal);
  }

  #typeOf(definition: Definition): Known | undefined {
    if (definition.kind === "argument") return undefined;
    const { opcode, type, attribute } = definition.instruction;
    if (type !== undefined && TYPED.has(opcode)) return this.#knownOf(type);
    if (opcode === Operation.listAlloc) return { vm: "vm.list<?>" };
    if (!CALLS.has(opcode)) {
      const vm = ownValue(MADE, String(opcode));
      return vm === undefined ? undefined : { vm };
    }
    const name = this.#nameOf(Number(attribute));
    const [, vm] = RETURNED.find(([pattern]) => pattern.test(name)) ?? [];
    return vm === "hal.buffer_view"
      ? { vm, declared: this.#tensorOf(definition, CREATE) }
      : vm === undefined
      ? undefined
      : { vm };
  }

  #knownOf(type: number): Known {
    const name = this.#code.types[type];
    return name === undefined || !/^!(?!vm\.ref<\?>)/.test(name)
      ? {}
      : { vm: name.slice(1) };
  }

  /** The tensor's type, from the arguments of a call that names it. */
  #tensorOf(
    place: Place,
    positions: { elementType: number; dims: number },
  ): DeclaredType | undefined {
    const [values] = place.instruction.reads as [readonly number[]];
    const constant = (register: number) => this.#constantOf(register, place);
    const code = constant(values[positions.elementType]!);
    const info = code === undefined
      ? undefined
      : elementTypeOfCode(Number(code));
    if (info === undefined) return undefined;
    const shape = values.slice(positions.dims).map((register) => {
      const size = Number(constant(register) ?? -1);
      return size < 0 ? null : size;
    });
    return {
      kind: "tensor",
      elementType: ownValue(MLIR_NAMES, info.name) ?? info.name,
      shape,
    };
  }

  /** The constant that a register holds, if it is the same one always. */
  #constantOf(
    register: number,
    { block, at }: Place,
  ): number | bigint | undefined {
    const found = this.#definitions.find(register, block, at).map((it) => {
      if (it.kind === "argument") return undefined;
      switch (it.instruction.opcode) {
        case Operation.constI32:
        case Operation.constI64:
          return it.instruction.attribute;
        case Operation.constI32Zero:
        case Operation.constI64Zero:
          return 0;
        default:
          return undefined;
      }
    });
    const [first] = found;
    return found.every((it) => it === first) ? first : undefined;
  }
}

/** Element types that MLIR writes differently. */
const MLIR_NAMES: Readonly<Record<string, string>> = {
  cf64: "complex<f32>",
  cf128: "complex<f64>",
};

/** An operation in a function. */
interface Place {
  readonly block: number;
  readonly at: number;
  readonly instruction: Instruction;
}
