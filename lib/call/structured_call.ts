import type { Placement } from "../../ffi/buffer_view.ts";
import { BufferView } from "../hal/buffer_view.ts";
import {
  type AbiSignature,
  checkCounts,
  parseAbi,
  resultStructure,
} from "../signature/abi_signature.ts";
import type { Value } from "../vm/value.ts";
import { ArgumentPacker } from "./structured_arguments.ts";
import { unpackResults } from "./structured_results.ts";
import type {
  Argument,
  CallResult,
  Computed,
  FlatArgument,
  FlatComputed,
  FlatResult,
} from "./argument.ts";
import { disposeStructure, mapLeaves } from "./structure.ts";

/** Turns structures into the VM's values, and values into structures. */
export class StructuredCall {
  /** Number of values that it returns. */
  readonly resultCount: number;
  readonly #functionName: string;
  readonly #memory: Placement;
  readonly #signature: AbiSignature;

  /**
   * @param functionName The function.
   * @param counts The numbers of its arguments and results.
   * @param memory The device or instance for the arguments' tensors.
   * @param text The attribute `iree.abi`; throws INVALID_ARGUMENT when it is
   * malformed.
   */
  constructor(
    functionName: string,
    counts: { readonly arguments: number; readonly results: number },
    memory: Placement,
    text: string,
  ) {
    const signature = parseAbi(text, functionName);
    checkCounts(signature, functionName, counts.arguments, counts.results);
    this.#functionName = functionName;
    this.#memory = memory;
    this.#signature = signature;
    this.resultCount = counts.results;
  }

  /**
   * Creates the values of a call.
   *
   * @param values The arguments.
   * @param scratch Disposes the created objects, once the call holds them.
   */
  pack(values: readonly Argument[], scratch: DisposableStack): FlatArgument[] {
    const packer = new ArgumentPacker(
      this.#functionName,
      this.#memory,
      scratch,
    );
    return packer.packAll(this.#signature.arguments, values);
  }

  /** Turns results into structures, and disposes their lists. */
  unpack(results: FlatResult): CallResult {
    return unpackResults(
      this.#functionName,
      this.#signature.results,
      this.#valuesOf(results),
    );
  }

  /**
   * The same with tensors as arrays.
   *
   * @param results The results.
   * @param shapes Whether arrays are `NdArray`, with shape and element type.
   */
  compute(results: FlatResult, shapes: boolean): Computed {
    const structure = this.unpack(results);
    if (structure === undefined) return undefined;
    try {
      return mapLeaves<Value, FlatComputed>(structure, (leaf) => {
        if (!(leaf instanceof BufferView)) return leaf;
        using tensor = leaf;
        return shapes ? tensor.toNdArray() : tensor.toTypedArray();
      });
    } catch (error) {
      disposeStructure(structure);
      throw error;
    }
  }

  /** Names of the arguments that are passed in order. */
  get positionalNames(): string[] {
    return this.#signature.arguments.filter(({ name }) => name === undefined)
      .map((_, ordinal) => `input${ordinal}`);
  }

  /** Names of the arguments that are passed in an object, the last one. */
  get namedArguments(): string[] {
    return this.#signature.arguments.flatMap(({ name }) => name ?? []);
  }

  /** Names of the outputs of `run`. */
  get outputNames(): string[] {
    const { results } = this.#signature;
    const structure = resultStructure(results);
    return structure.kind === "dictionary"
      ? [...structure.entries.keys()]
      : structure.items.map((_, ordinal) => `output${ordinal}`);
  }

  /** Whether the results have names: they are one dictionary. */
  get hasNamedResults(): boolean {
    return resultStructure(this.#signature.results).kind === "dictionary";
  }

  #valuesOf(results: FlatResult): readonly Value[] {
    if (this.resultCount === 0) return [];
    return this.resultCount === 1 ? [results as Value] : results as Value[];
  }
}
