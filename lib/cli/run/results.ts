import {
  BufferView,
  type CallResult,
  copyToHost,
  type Device,
  type Instance,
  IreeError,
  List,
  type ScalarType,
  tensorByteLength,
  type Value,
} from "../../../mod.ts";
import type { InputType } from "./inputs.ts";

/** What a function returned, in memory that the host can read. */
export class Results {
  /** The results; objects belong to the stack that was given. */
  readonly values: readonly Value[];
  /** Their types, in order. */
  readonly types: readonly InputType[];
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
    types: readonly InputType[],
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
    const value = this.values[ordinal];
    checkPrintable(value);
    using list = List.create(this.instance);
    list.push(value, storedType(type));
    const text = list.format("", maxElementCount).slice("[0]: ".length);
    return type === "ref" ? text : text.replace(/^[^=]*/, type);
  }
}

/**
 * Whether IREE can print a tensor: not several elements that share bytes.
 *
 * @param tensor The tensor.
 */
export function isPrintable(tensor: BufferView): boolean {
  // Eight elements have as many bytes as one has bits.
  return tensor.size < 2 ||
    tensorByteLength(`8x${tensor.elementType}`) % 8 === 0;
}

// IREE fails with no message.
function checkPrintable(value: Value): void {
  if (!(value instanceof BufferView) || isPrintable(value)) return;
  throw new IreeError(
    "OUT_OF_RANGE",
    `elements of type ${value.elementType} are packed and cannot be printed`,
    {
      hint: "--output=@file.bin writes their bytes, and --output_format=json " +
        "prints these",
    },
  );
}

function own(value: Value, stack: DisposableStack): void {
  if (typeof value === "object" && value !== null) stack.use(value);
}

function storedType(type: InputType): ScalarType | undefined {
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
    // Results can be large: what was copied is not kept.
    if (typeof value === "object") value.dispose();
    return copy;
  });
}
