import type { Memory } from "../../ffi/buffer_view.ts";
import { ArgumentPacker } from "./abi_arguments.ts";
import { unpackResults } from "./abi_results.ts";
import {
  type AbiSignature,
  checkCounts,
  parseAbi,
} from "../signature/abi_signature.ts";
import type { CallResult, VmFunction } from "./function.ts";
import type { StructuredArgument, StructuredResult } from "./structure.ts";
import type { Value } from "../vm/value.ts";

/** The calls of a function whose program tells of structures. */
export class StructuredCall {
  readonly #function: VmFunction;
  readonly #memory: Memory;
  readonly #signature: AbiSignature;

  /**
   * @param vmFunction The function.
   * @param memory Where the tensors of arguments are made.
   * @param text The attribute `iree.abi`.
   */
  constructor(vmFunction: VmFunction, memory: Memory, text: string) {
    const { name, argumentTypes, resultTypes } = vmFunction;
    const signature = parseAbi(text, name);
    checkCounts(signature, name, argumentTypes.length, resultTypes.length);
    this.#function = vmFunction;
    this.#memory = memory;
    this.#signature = signature;
  }

  /** Calls the function; see `VmFunction.invoke`. */
  invoke(
    values: readonly StructuredArgument[],
  ): StructuredResult | undefined {
    using scratch = new DisposableStack();
    const { name, resultTypes } = this.#function;
    const packer = new ArgumentPacker(name, this.#memory, scratch);
    const flat = packer.packAll(this.#signature.arguments, values);
    const result = this.#function.call(...flat);
    return unpackResults(
      name,
      this.#signature.results,
      toArray(result, resultTypes.length),
    );
  }
}

function toArray(result: CallResult, count: number): readonly Value[] {
  if (count === 0) return [];
  return count === 1 ? [result as Value] : result as Value[];
}
