import type { DeclaredType, TensorType } from "../../signature/signature.ts";

/** What is known of a value. */
export interface Known {
  /** The VM's type, without `!`. */
  vm?: string | undefined;
  /** The type in the source, or tensors of that type that it is. */
  declared?: DeclaredType | undefined;
}

/** Name of the VM's type for tensors. */
const BUFFER_VIEW = "hal.buffer_view";

/** The bit that distinguishes imports from a program's own functions. */
export const IMPORT_BIT: number = 0x80000000;

/** The node of a function's argument; `callee` has `IMPORT_BIT` for an import. */
export function argumentNode(callee: number, ordinal: number): string {
  return `${callee} argument ${ordinal}`;
}

/** The node of a function's result; see {@linkcode argumentNode}. */
export function resultNode(callee: number, ordinal: number): string {
  return `${callee} result ${ordinal}`;
}

/** Values that have the same type, such as an argument and a parameter. */
export class TypeNodes {
  readonly #parents = new Map<string, string>();
  readonly #known = new Map<string, Known>();

  /** Adds what is known of a value. */
  add(node: string, known: Known): void {
    const root = this.#root(node);
    this.#known.set(root, merge(this.#known.get(root), known));
  }

  /** Records that two values have the same type. */
  join(one: string, other: string): void {
    const first = this.#root(one);
    const second = this.#root(other);
    if (first === second) return;
    const known = this.#known.get(second);
    this.#parents.set(second, first);
    if (known !== undefined) this.add(first, known);
  }

  /** The type of a value; `undefined` if nothing shows it. */
  typeOf(node: string): DeclaredType | undefined {
    const { vm, declared } = this.#known.get(this.#root(node)) ?? {};
    if (declared !== undefined) return declared;
    return vm === undefined ? undefined : { kind: "object", type: vm };
  }

  #root(node: string): string {
    let root = node;
    for (
      let parent = this.#parents.get(root);
      parent !== undefined;
      parent = this.#parents.get(root)
    ) root = parent;
    return root;
  }
}

function merge(one: Known | undefined, other: Known): Known {
  return {
    vm: one?.vm ?? other.vm,
    declared: mergeDeclared(one?.declared, other.declared),
  };
}

// Several tensors can be passed as one type that has unknown dimensions.
function mergeDeclared(
  one: DeclaredType | undefined,
  other: DeclaredType | undefined,
): DeclaredType | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.kind === "tensor" && other.kind === "tensor") {
    return mergeTensors(one, other);
  }
  const isTensor = one.kind === "tensor" || other.kind === "tensor";
  return isTensor ? { kind: "object", type: BUFFER_VIEW } : one;
}

function mergeTensors(one: TensorType, other: TensorType): DeclaredType {
  const { elementType, shape } = one;
  if (
    elementType !== other.elementType || shape.length !== other.shape.length
  ) return { kind: "object", type: BUFFER_VIEW };
  return {
    kind: "tensor",
    elementType,
    shape: shape.map((size, at) => size === other.shape[at] ? size : null),
  };
}
