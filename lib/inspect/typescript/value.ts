import type { ValueType } from "../../signature/calling_convention.ts";
import type { DeclaredType } from "../../signature/signature.ts";
import { formatTensor } from "./structures.ts";

/**
 * Formats the type of a value that a function accepts.
 *
 * @param slot Its type in the calling convention.
 * @param declared Its declared type, if known.
 */
export function formatInput(
  slot: ValueType,
  declared: DeclaredType | undefined,
): string {
  if (slot === "i64") return "bigint | number";
  if (slot !== "ref") {
    return isBoolean(declared) ? "boolean | number" : "number";
  }
  if (declared?.kind === "tensor") {
    return formatTensor("TensorInput", declared.elementType, declared.shape);
  }
  // A tensor is accepted as data with a type and a shape.
  if (declared === undefined) return "NdArray | VmObject | null";
  const object = formatObject(declared);
  return object.startsWith("List ") ? `${object} | readonly Value[]` : object;
}

function isBoolean(declared: DeclaredType | undefined): boolean {
  return declared?.kind === "scalar" && declared.type === "i1";
}

/**
 * Formats the type of a value that a function returns; the parameters are those of
 * {@linkcode formatInput}.
 */
export function formatOutput(
  slot: ValueType,
  declared: DeclaredType | undefined,
): string {
  if (slot === "i64") return "bigint";
  if (slot !== "ref") return "number";
  return declared?.kind === "tensor"
    ? formatTensor("Tensor", declared.elementType, declared.shape)
    : formatObject(declared);
}

function formatObject(declared: DeclaredType | undefined): string {
  return declared?.kind === "object"
    ? `${objectClass(declared.type)} | null`
    : "VmObject | null";
}

/** Classes of objects that have a specific one. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^hal\.buffer_view$/, "BufferView"],
  [/^(?:util|vm)\.list\b/, "List"],
  [/^(?:util|vm)\.buffer$/, "VmBuffer"],
];

function objectClass(type: string): string {
  return CLASSES.find(([pattern]) => pattern.test(type))?.[1] ?? "VmRef";
}
