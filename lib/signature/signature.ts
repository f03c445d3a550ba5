import { ownValue } from "../base/own_value.ts";

/** A tensor; dynamic dimensions are `null`. */
export interface TensorType {
  /** Distinguishes the kinds of types. */
  readonly kind: "tensor";
  /** The element type's name, such as `f32`, `bf16` or `complex<f32>`. */
  readonly elementType: string;
  /** Dimensions, outermost first; empty for a scalar in a tensor. */
  readonly shape: readonly (number | null)[];
  /** The encoding attribute, as text, if the program has one. */
  readonly encoding?: string;
}

/** A number: `i1` to `i64`, `index`, `f16` to `f64` and similar types. */
export interface ScalarDeclaration {
  /** Distinguishes the kinds of types. */
  readonly kind: "scalar";
  /** The type's name. */
  readonly type: string;
}

/** A VM object, such as `!hal.buffer_view` or `!custom.string`. */
export interface ObjectType {
  /** Distinguishes the kinds of types. */
  readonly kind: "object";
  /** The type as written, without `!`. */
  readonly type: string;
}

/** A type that this version does not know, as written. */
export interface UnknownType {
  /** Distinguishes the kinds of types. */
  readonly kind: "unknown";
  /** The text. */
  readonly text: string;
}

/** The declared type of an input or output. */
export type DeclaredType =
  | TensorType
  | ScalarDeclaration
  | ObjectType
  | UnknownType;

/** An input or output of a function. */
export type DeclaredValue = DeclaredType & {
  /** Its name in the declaration, without `%` and quotes. */
  readonly name: string;
  /** Its attributes by name, as text. */
  readonly attributes: Readonly<Record<string, string>>;
};

/** A function's declared signature. */
export interface Signature {
  /**
   * The calling model: `sync` functions return when they are done, `async` ones
   * have two additional fence arguments.
   */
  readonly model: string;
  /** The inputs. */
  readonly inputs: readonly DeclaredValue[];
  /** The outputs. */
  readonly outputs: readonly DeclaredValue[];
}

/**
 * Parses the compiler's attribute `iree.abi.declaration`, such as
 * `sync func @mul(%input0: tensor<4xf32>) -> (%output0: tensor<4xf32>)`.
 *
 * @param declaration The declaration.
 * @param name The function's name, which can contain any character.
 * @returns The signature; unknown types are kept as text. `undefined` if the text
 * does not declare that function.
 */
export function parseSignature(
  declaration: string,
  name: string,
): Signature | undefined {
  const head = ` func @${name}`;
  const at = declaration.indexOf(head);
  if (at < 0) return undefined;
  const lists = splitTopLevel(declaration.slice(at + head.length), "->");
  if (lists.length !== 2) return undefined;
  const [inputs, outputs] = lists.map(parseList);
  if (inputs === undefined || outputs === undefined) return undefined;
  return { model: declaration.slice(0, at), inputs, outputs };
}

function parseList(text: string): DeclaredValue[] | undefined {
  const inner = /^\s*\(([^]*)\)\s*$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner.trim() === "") return [];
  return splitTopLevel(inner, ",").map(parseValue);
}

function parseValue(text: string): DeclaredValue {
  const [, quoted, bare = "", rest = text] =
    /^\s*%(?:("(?:[^"\\]|\\.)*")|([^":\s<>(){}[\]]+))\s*:([^]*)$/.exec(text) ??
      [];
  const name = quoted === undefined ? bare : unquote(quoted);
  const [type, attributes] = splitAttributes(rest);
  return {
    name,
    ...parseDeclaredType(type.trim()),
    attributes: parseAttributes(attributes),
  };
}

/** Reads a name in quotes; one that is malformed is kept as it is. */
function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Splits at the first brace outside of the type; the last one must close it. */
function splitAttributes(text: string): [type: string, attributes: string] {
  const [type = "", ...rest] = splitTopLevel(text, "{");
  const inner = /^([^]*)\}\s*$/.exec(rest.join("{"))?.[1];
  return inner === undefined ? [text, ""] : [type, inner];
}

/**
 * Parses one type.
 *
 * @param text The type in MLIR syntax.
 * @returns The type; unknown types are kept as text.
 */
export function parseDeclaredType(text: string): DeclaredType {
  const tensor = /^tensor<([^]*)>$/.exec(text)?.[1];
  if (tensor !== undefined) return parseTensor(tensor) ?? unknown(text);
  if (/^(?:index|[a-z]*\d+[A-Za-z0-9]*|tf32|complex<\w+>)$/.test(text)) {
    return { kind: "scalar", type: text };
  }
  if (/^![\w.$]+(?:<[^]*>)?$/.test(text)) {
    return { kind: "object", type: text.slice(1) };
  }
  return unknown(text);
}

function unknown(text: string): UnknownType {
  return { kind: "unknown", text };
}

function parseTensor(text: string): TensorType | undefined {
  const [body = "", ...encoding] = splitTopLevel(text, ",");
  const [, dimensions = "", elementType] =
    /^((?:(?:\d+|\?)x)*)([A-Za-z][\w.]*(?:<\w+>)?)$/.exec(body.trim()) ?? [];
  if (elementType === undefined) return undefined;
  const shape = dimensions.split("x").slice(0, -1)
    .map((dimension) => dimension === "?" ? null : Number(dimension));
  // A number that JavaScript would round is kept as text.
  if (shape.some((size) => (size ?? 0) > Number.MAX_SAFE_INTEGER)) {
    return undefined;
  }
  const tensor: TensorType = { kind: "tensor", elementType, shape };
  return encoding.length === 0
    ? tensor
    : { ...tensor, encoding: encoding.join(",").trim() };
}

function parseAttributes(text: string): Record<string, string> {
  const pairs = splitTopLevel(text, ",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(pairs.map((pair) => {
    const end = pair.indexOf("=");
    return end < 0
      ? [pair.trim(), ""]
      : [pair.slice(0, end).trim(), pair.slice(end + 1).trim()];
  }));
}

const CLOSING: Readonly<Record<string, string>> = {
  "(": ")",
  "<": ">",
  "[": "]",
  "{": "}",
};

/** Splits text at a separator outside of brackets and quotes. */
function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const closing = ownValue(CLOSING, character);
    if (open.length === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      at += separator.length - 1;
      start = at + 1;
    } else if (character === '"') {
      at = endOfString(text, at);
    } else if (closing !== undefined) {
      open.push(closing);
    } else if (character === open.at(-1)) {
      open.pop();
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
