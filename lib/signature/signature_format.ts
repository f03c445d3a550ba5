import { readMade, toText } from "../base/checks.ts";
import type { DeclaredType, DeclaredValue, Signature } from "./signature.ts";

/**
 * Formats a signature like the compiler's `iree.abi.declaration`.
 *
 * @param signature The signature.
 * @param name The function's name.
 * @returns The text, such as
 * `sync func @mul(%input0: tensor<4xf32>) -> (%output0: tensor<4xf32>)`.
 */
export function formatSignature(signature: Signature, name: string): string {
  return readMade("signature", "inspectProgram or a function", () => {
    const { model, inputs, outputs } = signature;
    return `${model} func @${name}(${formatValues(inputs)}) -> (` +
      `${formatValues(outputs)})`;
  });
}

function formatValues(values: readonly DeclaredValue[]): string {
  return values.map(formatValue).join(", ");
}

function formatValue(value: DeclaredValue): string {
  const name = value.name === "" ? "" : `%${quoteName(value.name)}: `;
  const type = formatDeclaredType(value);
  const attributes = Object.entries(value.attributes)
    .map(([key, text]) => text === "" && key !== "" ? key : `${key} = ${text}`);
  // Keeps the place of values without any description.
  if (attributes.length === 0) return name + type || "{}";
  return `${name}${type} {${attributes.join(", ")}}`;
}

// Models have inputs and outputs of any name.
function quoteName(name: string): string {
  return /^[\w.$-]+$/.test(name) ? name : JSON.stringify(name);
}

/**
 * Formats a type in MLIR syntax.
 *
 * @param type The type.
 * @returns The text, such as `tensor<?x4xf32>`, `i32` or `!custom.string`.
 */
export function formatDeclaredType(type: DeclaredType): string {
  return readMade("type", "inspectProgram or a function", () => {
    const text: unknown = format(type);
    if (typeof text === "string") return text;
    throw new TypeError("its kind is unknown");
  });
}

function format(type: DeclaredType): string {
  switch (type.kind) {
    case "tensor": {
      const shape = type.shape.map((size) => `${size ?? "?"}x`).join("");
      const encoding = type.encoding === undefined ? "" : `, ${type.encoding}`;
      return `tensor<${shape}${type.elementType}${encoding}>`;
    }
    case "scalar":
      return type.type;
    case "object":
      return `!${type.type}`;
    case "unknown":
      return type.text;
  }
}

/** VM types by their characters in calling conventions. */
const TYPES: Readonly<Record<string, string>> = {
  i: "i32",
  I: "i64",
  f: "f32",
  F: "f64",
  r: "!vm.ref<?>",
};

/**
 * Formats a calling convention readably, as `iree-dump-module` does.
 *
 * @param text The calling convention, such as `0rCiD_i`.
 * @returns The text, such as `(!vm.ref<?>, tuple<i32>...) -> (i32)`; unknown
 * conventions are returned unchanged.
 */
export function formatCallingConvention(text: string): string {
  const match = /^(?:0([^_]*)(?:_([^_]*))?)?$/.exec(
    toText("a calling convention", text),
  );
  if (match === null) return text;
  const [inputs, outputs] = [match[1], match[2]].map(formatFragment);
  if (inputs === undefined || outputs === undefined) return text;
  return `(${inputs}) -> (${outputs})`;
}

function formatFragment(text = "v"): string | undefined {
  if (text === "v") return "";
  const parts = text.match(/C[^CD]*D|[^CD]/g) ?? [];
  if (parts.join("") !== text) return undefined;
  const types = parts.map((part) => {
    if (!part.startsWith("C")) return TYPES[part];
    const inner = formatFragment(part.slice(1, -1));
    return inner === undefined ? undefined : `tuple<${inner}>...`;
  });
  return types.includes(undefined) ? undefined : types.join(", ");
}
