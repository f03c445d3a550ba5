import { isArray, isRevoked } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { isNativeObject } from "../base/native_object.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import {
  describeValues,
  type ValueDescription,
} from "../signature/value_description.ts";
import type { AnyTypedArray } from "../tensor/element_type.ts";
import type { Argument, FlatArgument } from "./argument.ts";
import type { ArgumentWriter } from "./argument_writer.ts";
import { declarationHint } from "./declaration_hint.ts";
import type { StructuredCall } from "./structured_call.ts";

/**
 * A function's inputs and outputs by name: the declared names, or else
 * `input0`, `input1`, … and `output0`, ….
 */
export class NamedValues {
  readonly #writer: ArgumentWriter;
  readonly #functionName: string;
  readonly #hint: string | undefined;
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];

  /** @param writer Writes the function's arguments. */
  constructor(writer: ArgumentWriter) {
    const { description, signature, argumentTypes, results } = writer;
    this.#writer = writer;
    this.#functionName = description.name;
    this.#hint = declarationHint(description);
    this.#inputs = namesOf("input", argumentTypes.length, signature?.inputs);
    this.#outputs = namesOf("output", results.count, signature?.outputs);
  }

  /** Describes the inputs in order. */
  describeInputs(structures: StructuredCall | undefined): ValueDescription[] {
    const { argumentTypes, signature } = this.#writer;
    if (structures === undefined) {
      return describeValues(this.#inputs, argumentTypes, signature?.inputs);
    }
    const { positionalNames, namedArguments } = structures;
    return describeValues([...positionalNames, ...namedArguments], []);
  }

  /** Describes the outputs in order. */
  describeOutputs(structures: StructuredCall | undefined): ValueDescription[] {
    const { results, signature } = this.#writer;
    return structures === undefined
      ? describeValues(this.#outputs, results.types, signature?.outputs)
      : describeValues(structures.outputNames, []);
  }

  /** Puts inputs into the order of the arguments. */
  order(inputs: Readonly<Record<string, Argument>>): FlatArgument[] {
    return this.#take(this.#inputs, inputs) as FlatArgument[];
  }

  /** The same for a function that takes structures. */
  orderStructures(
    inputs: Readonly<Record<string, Argument>>,
    { positionalNames, namedArguments }: StructuredCall,
  ): Argument[] {
    const all = this.#take([...positionalNames, ...namedArguments], inputs);
    if (namedArguments.length === 0) return all;
    const count = positionalNames.length;
    const named = Object.fromEntries(
      namedArguments.map((name, index) =>
        [name, all[count + index] as Argument] as const
      ),
    );
    return [...all.slice(0, count), named];
  }

  /** Puts arrays for outputs into the order of the results. */
  orderTargets(
    targets: Readonly<Record<string, AnyTypedArray>> = {},
  ): (AnyTypedArray | undefined)[] {
    this.#refuseUnknown("output", this.#outputs, targets);
    return this.#outputs.map((name) =>
      Object.hasOwn(targets, name) ? targets[name] : undefined
    );
  }

  /** Names results. */
  name<Result>(results: readonly Result[]): Record<string, Result> {
    return Object.fromEntries(
      results.map((result, ordinal) => [this.#outputs[ordinal], result]),
    );
  }

  #take(
    names: readonly string[],
    inputs: Readonly<Record<string, Argument>>,
  ): Argument[] {
    if (
      typeof inputs !== "object" || inputs === null || isRevoked(inputs) ||
      isArray(inputs) || ArrayBuffer.isView(inputs) || isNativeObject(inputs)
    ) {
      throw this.#invalid(
        `the inputs of '${this.#functionName}' must be an object with ` +
          `${list(names)}, got ${describeValue(inputs)}`,
      );
    }
    this.#refuseUnknown("input", names, inputs);
    return names.map((name) => {
      if (Object.hasOwn(inputs, name)) return inputs[name] as Argument;
      throw this.#invalid(
        `input '${name}' of '${this.#functionName}' is missing; inputs: ` +
          list(names),
      );
    });
  }

  #refuseUnknown(
    what: "input" | "output",
    names: readonly string[],
    given: Readonly<Record<string, unknown>>,
  ): void {
    const unknown = Object.keys(given).find((name) => !names.includes(name));
    if (unknown === undefined) return;
    throw this.#invalid(
      `'${this.#functionName}' has no ${what} '${unknown}'; it has ` +
        list(names),
    );
  }

  #invalid(problem: string): IreeError {
    return new IreeError("INVALID_ARGUMENT", problem, { hint: this.#hint });
  }
}

function namesOf(
  what: "input" | "output",
  count: number,
  declared: readonly DeclaredValue[] = [],
): string[] {
  const names = declared.map(({ name }) => name);
  const isWhole = names.length === count && new Set(names).size === count &&
    !names.includes("");
  return isWhole
    ? names
    : Array.from({ length: count }, (_, ordinal) => `${what}${ordinal}`);
}

function list(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ") || "none";
}
