import { IreeError } from "../base/error.ts";
import { type DeclaredValue, parseSignature } from "../signature/signature.ts";
import { formatCallingConvention } from "../signature/signature_format.ts";

/** Character of the calling convention for a type. */
export function codeOf(declared: DeclaredValue): string {
  if (declared.kind !== "scalar") return "r";
  if (/^(?:[su]?i64|index)$/.test(declared.type)) return "I";
  if (declared.type === "f64") return "F";
  return declared.type === "f32" ? "f" : "i";
}

/** The parsed types of a function. */
export interface Types {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
}

/** The types in MLIR's words, of a calling convention such as `0ii_i` too. */
function toMlir(types: string): string {
  return /^0.*_/.test(types) ? formatCallingConvention(types) : types;
}

/** The declaration of a function, as the compiler writes it. */
export function declarationOf(name: string, types: string): string {
  const [, given, results = "()"] = SHAPE.exec(toMlir(types)) ?? [];
  const outputs = results.startsWith("(") ? results : `(${results})`;
  return `sync func @${name}${given} -> ${outputs}`;
}

/** Arguments in parentheses, and results after an arrow. */
const SHAPE = /^\s*(\([^()]*\))\s*(?:->\s*(\S[^]*?))?\s*$/;

/** Parses the types of a function. */
export function parseTypes(name: string, types: string): Types {
  const signature = SHAPE.test(toMlir(types))
    ? parseSignature(declarationOf("f", types), "f")
    : undefined;
  const all = [...signature?.inputs ?? [], ...signature?.outputs ?? []];
  if (signature === undefined || all.some(({ kind }) => kind === "unknown")) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `types of '${name}' must be like '(i32, tensor<?xf32>) -> i64' or '0ir_I', got ` +
        `'${types}'`,
    );
  }
  return signature;
}
