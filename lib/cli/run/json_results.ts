import {
  BufferView,
  ELEMENT_TYPES,
  List,
  type NestedArray,
  type Value,
  VmBuffer,
} from "../../../mod.ts";
import type { InputType } from "./inputs.ts";

/** A JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/**
 * Converts a result to data.
 *
 * @param value The result.
 * @param withContents Whether to include its contents.
 * @param type Its type, if known.
 */
export function toJson(
  value: Value,
  withContents: boolean,
  type?: InputType,
): Json {
  if (value === null) return { kind: "null" };
  if (typeof value !== "object") {
    return {
      kind: "scalar",
      ...(type === undefined ? {} : { type }),
      ...(withContents ? { value: numberToJson(value) } : {}),
    };
  }
  if (value instanceof BufferView) return tensorToJson(value, withContents);
  if (value instanceof VmBuffer) {
    const { byteLength } = value;
    const contents = withContents ? { bytes: value.toBytes().toHex() } : {};
    return { kind: "object", type: "vm.buffer", byteLength, ...contents };
  }
  if (value instanceof List) return listToJson(value, withContents);
  return { kind: "object", type: value.typeName };
}

function tensorToJson(tensor: BufferView, withContents: boolean): Json {
  const { elementType, shape } = tensor;
  return {
    kind: "tensor",
    elementType,
    shape,
    ...(withContents ? contentsOf(tensor) : {}),
  };
}

// Elements without numbers of their own are written as bytes.
function contentsOf(tensor: BufferView): { readonly [name: string]: Json } {
  const { elementType } = tensor;
  const isPacked = /^[su]?i4$/.test(elementType);
  return isPacked || !ELEMENT_TYPES.includes(elementType)
    ? { bytes: tensor.toBytes().toHex() }
    : { value: nestedToJson(tensor.toNestedArray()) };
}

function nestedToJson(value: NestedArray): Json {
  if (typeof value === "boolean") return value;
  return typeof value === "object"
    ? value.map(nestedToJson)
    : numberToJson(value);
}

// JSON readers lose precision of 64-bit integers, JSON has no infinities, and -0
// would become 0.
function numberToJson(value: number | bigint): Json {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `${value}`;
  return Number.isFinite(value) ? value : `${value}`;
}

function listToJson(list: List, withContents: boolean): Json {
  const kind = { kind: "list", elementType: list.elementType ?? null };
  if (!withContents) return { ...kind, size: list.size };
  using stack = new DisposableStack();
  const values = list.toArray().map((value) => {
    if (typeof value === "object" && value !== null) stack.use(value);
    return toJson(value, withContents);
  });
  return { ...kind, values };
}
