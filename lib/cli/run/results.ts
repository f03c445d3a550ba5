import {
  BufferView,
  type Device,
  type FlatResult,
  type Instance,
  IreeError,
  List,
  type ScalarType,
  type Value,
} from "../../../mod.ts";
import { copyToHost, tensorByteLength } from "../../tooling/mod.ts";
import type { InputType } from "./inputs.ts";

/** One result of a function. */
export interface Result {
  /** The value. */
  readonly value: Value;
  /** The value's type. */
  readonly type: InputType;
}

/** A function's results, in memory that the host can read. */
export class Results {
  /** The results, in order; the caller's stack owns the objects. */
  readonly items: readonly Result[];
  /** The instance that the results belong to. */
  readonly instance: Instance;

  /**
   * Takes ownership of a call's results.
   *
   * @param instance The instance.
   * @param result The returned value or values.
   * @param types The results' types.
   * @param device The program's device, if any.
   * @param stack Owns the objects among the results.
   */
  constructor(
    instance: Instance,
    result: FlatResult,
    types: readonly InputType[],
    device: Device | undefined,
    stack: DisposableStack,
  ) {
    this.instance = instance;
    const values = Array.isArray(result) ? result : [result];
    const returned = types.map((type, ordinal) => ({
      type,
      value: values[ordinal] ?? null,
    }));
    for (const { value } of returned) own(value, stack);
    this.items = device === undefined
      ? returned
      : toHost(instance, returned, device, stack);
  }

  /** Formats all results as `iree-run-module` prints them. */
  format(maxElementCount: number): string {
    return this.items.map((item, ordinal) =>
      `result[${ordinal}]: ${this.formatOne(item, maxElementCount)}`
    ).join("");
  }

  /** Formats one result, without its number. */
  formatOne({ value, type }: Result, maxElementCount: number): string {
    checkPrintable(value);
    using list = List.create(this.instance);
    list.push(value, storedType(type));
    const text = list.format("", maxElementCount).slice("[0]: ".length);
    return type === "ref" ? text : text.replace(/^[^=]*/, type);
  }
}

/**
 * Returns whether IREE can print a tensor: packed elements are not supported.
 *
 * @param tensor The tensor.
 */
export function isPrintable(tensor: BufferView): boolean {
  // Eight elements occupy as many bytes as one element has bits.
  return tensor.size < 2 ||
    tensorByteLength(`8x${tensor.elementType}`) % 8 === 0;
}

// IREE fails here without a message.
function checkPrintable(value: Value): void {
  if (!(value instanceof BufferView) || isPrintable(value)) return;
  throw new IreeError(
    "OUT_OF_RANGE",
    `elements of type ${value.elementType} are packed and cannot be printed`,
    {
      hint: "use --output=@file.bin to write their bytes, or " +
        "--output_format=json to print them",
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
  items: readonly Result[],
  device: Device,
  stack: DisposableStack,
): Result[] {
  using list = List.create(instance);
  const places = items.map(({ value }) => {
    if (typeof value !== "object") return undefined;
    list.push(value);
    return list.size - 1;
  });
  copyToHost(list, device);
  return items.map((item, ordinal) => {
    const { value, type } = item;
    const place = places[ordinal];
    if (place === undefined || value === null) return item;
    const copy = list.get(place);
    own(copy, stack);
    // Results can be large: release the copied ones.
    if (typeof value === "object") value.dispose();
    return { value: copy, type };
  });
}
