import type { Memory } from "../ffi/buffer_view.ts";
import { ArgumentPacker } from "./abi_arguments.ts";
import {
  resultStructure,
  sizeOfStructure,
  unpackResults,
} from "./abi_results.ts";
import { type AbiSignature, parseAbi } from "./abi_signature.ts";
import { IreeError } from "./error.ts";
import type { CallResult, VmFunction } from "./function.ts";
import {
  CALL_HINT,
  type StructuredArgument,
  type StructuredResult,
} from "./structure.ts";
import type { Value } from "./value.ts";

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
    const results = sizeOfStructure(resultStructure(signature.results));
    for (
      const [what, told, count] of [
        ["arguments", signature.arguments.length, argumentTypes.length],
        ["results", results, resultTypes.length],
      ]
    ) {
      if (told === count) continue;
      throw new IreeError(
        "INVALID_ARGUMENT",
        `the iree.abi of '${name}' tells of ${told} ${what}, but there are ` +
          String(count),
        { hint: CALL_HINT },
      );
    }
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
