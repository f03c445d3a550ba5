import {
  type CallResult,
  copyToHost,
  type Device,
  type Instance,
  List,
  type ScalarType,
  type Value,
} from "../../../mod.ts";
import type { ValueType } from "./inputs.ts";

/** What a function returned, in memory that the host can read. */
export class Results {
  /** The results; objects belong to the stack that was given. */
  readonly values: readonly Value[];
  /** Their types, in order. */
  readonly types: readonly ValueType[];
  /** The instance that they belong to. */
  readonly instance: Instance;

  /**
   * Takes over what a call returned.
   *
   * @param instance The instance.
   * @param result What it returned.
   * @param types Types of the results.
   * @param device The device that the program runs on, if there is one.
   * @param stack Holds the objects among the results.
   */
  constructor(
    instance: Instance,
    result: CallResult,
    types: readonly ValueType[],
    device: Device | undefined,
    stack: DisposableStack,
  ) {
    this.instance = instance;
    this.types = types;
    const values = Array.isArray(result) ? result : [result ?? null];
    const returned = types.map((_, ordinal) => values[ordinal]);
    for (const value of returned) own(value, stack);
    this.values = device === undefined
      ? returned
      : toHost(instance, returned, device, stack);
  }

  /** Text of all results, as `iree-run-module` prints them. */
  format(maxElementCount: number): string {
    return this.values.map((_, ordinal) =>
      `result[${ordinal}]: ${this.formatOne(ordinal, maxElementCount)}`
    ).join("");
  }

  /** Text of one result, without its number. */
  formatOne(ordinal: number, maxElementCount: number): string {
    const type = this.types[ordinal];
    using list = List.create(this.instance);
    list.push(this.values[ordinal], storedType(type));
    const text = list.format("", maxElementCount).slice("[0]: ".length);
    return type === "ref" ? text : text.replace(/^[^=]*/, type);
  }
}

function own(value: Value, stack: DisposableStack): void {
  if (typeof value === "object" && value !== null) stack.use(value);
}

function storedType(type: ValueType): ScalarType | undefined {
  if (type === "ref") return undefined;
  return type === "f16" || type === "bf16" ? "f32" : type;
}

function toHost(
  instance: Instance,
  values: readonly Value[],
  device: Device,
  stack: DisposableStack,
): Value[] {
  using list = List.create(instance);
  const places = values.map((value) => {
    if (typeof value !== "object") return undefined;
    list.push(value);
    return list.size - 1;
  });
  copyToHost(list, device);
  return values.map((value, ordinal) => {
    const place = places[ordinal];
    if (place === undefined || value === null) return value;
    const copy = list.get(place);
    own(copy, stack);
    return copy;
  });
}
