import type { Placement } from "../../ffi/buffer_view.ts";
import {
  type AbiSignature,
  checkCounts,
  parseAbi,
} from "../signature/abi_signature.ts";
import type { Value } from "../vm/value.ts";
import { ArgumentPacker } from "./abi_arguments.ts";
import { unpackResults } from "./abi_results.ts";
import type { CallResult } from "./argument.ts";
import type { Argument } from "./argument.ts";
import type { StructuredArgument, StructuredResult } from "./structure.ts";

/** The function under a structured call: values in, values out. */
interface FlatFunction {
  readonly name: string;
  readonly argumentTypes: readonly unknown[];
  readonly resultTypes: readonly unknown[];
  call(...values: Argument[]): CallResult;
}

/** Calls a function whose program declares structures. */
export class StructuredCall {
  readonly #function: FlatFunction;
  readonly #memory: Placement;
  readonly #signature: AbiSignature;

  /**
   * @param flat The function.
   * @param memory Where the tensors of arguments are made.
   * @param text The attribute `iree.abi`.
   */
  constructor(flat: FlatFunction, memory: Placement, text: string) {
    const { name, argumentTypes, resultTypes } = flat;
    const signature = parseAbi(text, name);
    checkCounts(signature, name, argumentTypes.length, resultTypes.length);
    this.#function = flat;
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
