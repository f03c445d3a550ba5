import type {
  AbiDictionary,
  AbiSignature,
  AbiType,
} from "../../signature/abi_signature.ts";
import { declaredElementType } from "../../tensor/element_type.ts";
import type { Shape } from "../../tensor/shape.ts";

/** A parameter of a function in TypeScript. */
export interface TypedInput {
  /** The parameter's name. */
  readonly name: string;
  /** The parameter's type, as text. */
  readonly type: string;
}

/**
 * Returns the parameter types of `VmFunction.call`. Named arguments are in an
 * object that comes last.
 *
 * @param signature The program's description of the function.
 */
export function structuredInputs(signature: AbiSignature): TypedInput[] {
  const positional = signature.arguments.filter(({ name }) =>
    name === undefined
  );
  const inputs = positional.map(({ type }, ordinal) => ({
    name: `argument${ordinal}`,
    type: formatArgument(type),
  }));
  const entries = new Map(
    signature.arguments.flatMap(({ name, type }) =>
      name === undefined ? [] : [[name, type] as const]
    ),
  );
  return entries.size === 0 ? inputs : [
    ...inputs,
    { name: "named", type: formatDictionary(entries, formatArgument) },
  ];
}

/**
 * Returns the result types of `VmFunction.call`. Tensors have only their class
 * as type, since programs' descriptions of them are not verified.
 *
 * @param signature The program's description of the function.
 */
export function structuredOutputs(signature: AbiSignature): string[] {
  return signature.results.map(formatResult);
}

function formatArgument(type: AbiType): string {
  switch (type.kind) {
    case "any":
      return "Argument";
    case "scalar":
      // Such values cannot be passed.
      if (type.type === "f16" || type.type === "bf16") return "never";
      return type.type === "i64" ? "bigint | number" : "number";
    case "tensor":
      return formatTensor("TensorInput", type.elementType, type.shape);
    case "list":
      return `readonly (${formatArgument(type.item)})[]`;
    case "tuple":
      return `readonly [${type.items.map(formatArgument).join(", ")}]`;
    case "dictionary":
      return formatDictionary(type.entries, formatArgument);
  }
}

function formatResult(type: AbiType): string {
  switch (type.kind) {
    case "any":
      return "Value";
    case "scalar":
      return type.type === "i64" ? "bigint" : "number";
    case "tensor":
      return "BufferView";
    case "list":
      return `(${formatResult(type.item)})[]`;
    case "tuple":
      return `[${type.items.map(formatResult).join(", ")}]`;
    case "dictionary":
      return formatDictionary(type.entries, formatResult);
  }
}

function formatDictionary(
  entries: AbiDictionary["entries"],
  format: (type: AbiType) => string,
): string {
  const members = Array.from(
    entries,
    ([key, type]) => `${JSON.stringify(key)}: ${format(type)}`,
  );
  return members.length === 0
    ? "Record<string, never>"
    : `{ ${members.join("; ")} }`;
}

/**
 * Formats the TypeScript type of a tensor.
 *
 * @param tensor Whether the tensor is passed or returned.
 * @param elementType The element type's name as the program declares it.
 * @param shape Dimensions; `null` accepts any size.
 */
export function formatTensor(
  tensor: "Tensor" | "TensorInput",
  elementType: string,
  shape: Shape,
): string {
  const element = declaredElementType(elementType)?.name;
  if (element === undefined) return "BufferView";
  const dims = shape.map((size) => size ?? "number").join(", ");
  return `${tensor}<"${element}", readonly [${dims}]>`;
}
