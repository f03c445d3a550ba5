import {
  type AbiSignature,
  type AbiType,
  parseAbi,
  resultStructure,
} from "./abi_signature.ts";
import type { FunctionDescription } from "../../ffi/module.ts";
import { parseSignature } from "./signature.ts";
import {
  formatCallingConvention,
  formatDeclaredType,
} from "./signature_format.ts";

/**
 * Formats a function on one line: its name, inputs and outputs as the program
 * declares them, with structures, or else as the VM has them.
 *
 * @param description The function.
 * @returns The line, such as `mul(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>` or
 * `forward(i64) -> { loss: f32 }`.
 */
export function summarizeFunction(description: FunctionDescription): string {
  const { name, callingConvention, attributes } = description;
  const { "iree.abi": abi, "iree.abi.declaration": declaration } = attributes;
  const structured = abi === undefined ? undefined : tryParseAbi(abi, name);
  if (structured !== undefined) return name + formatAbi(structured);
  const signature = declaration === undefined
    ? undefined
    : parseSignature(declaration, name);
  if (signature === undefined) {
    return name + formatCallingConvention(callingConvention);
  }
  const inputs = signature.inputs.map((it) => formatDeclaredType(it));
  const outputs = signature.outputs.map((it) => formatDeclaredType(it));
  return `${name}(${inputs.join(", ")}) -> ${inParentheses(outputs)}`;
}

// Malformed declarations are described as the VM has them.
function tryParseAbi(text: string, name: string): AbiSignature | undefined {
  try {
    return parseAbi(text, name);
  } catch {
    return undefined;
  }
}

function formatAbi(signature: AbiSignature): string {
  const inputs = signature.arguments.map(({ name, type }) =>
    name === undefined ? formatType(type) : `${name}: ${formatType(type)}`
  );
  const structure = resultStructure(signature.results);
  const outputs = structure.kind === "tuple"
    ? inParentheses(structure.items.map(formatType))
    : formatType(structure);
  return `(${inputs.join(", ")}) -> ${outputs}`;
}

function inParentheses(types: readonly string[]): string {
  return types.length === 1 ? types[0]! : `(${types.join(", ")})`;
}

function formatType(type: AbiType): string {
  switch (type.kind) {
    case "any":
      return "?";
    case "scalar":
      return type.type;
    case "tensor": {
      const shape = type.shape.map((size) => `${size ?? "?"}x`).join("");
      return `tensor<${shape}${type.elementType}>`;
    }
    case "list":
      return `${formatType(type.item)}[]`;
    case "tuple":
      return `[${type.items.map(formatType).join(", ")}]`;
    case "dictionary": {
      const entries = Array.from(
        type.entries,
        ([key, value]) => `${key}: ${formatType(value)}`,
      );
      return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
    }
  }
}
