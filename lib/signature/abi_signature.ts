import { IreeError, type StatusCode } from "../base/error.ts";
import { SCALARS, type ScalarType } from "../tensor/scalar.ts";
import type { Shape } from "../tensor/shape.ts";
import { CALL_HINT } from "./structure_error.ts";

/** Type of a number: one of the VM's, or one that only results are. */
export type AbiScalarType = ScalarType | "f16" | "bf16";

/** An argument or result, as `iree.abi` tells of it. */
export type AbiType =
  | { readonly kind: "any" }
  | { readonly kind: "scalar"; readonly type: AbiScalarType }
  | AbiTensor
  | AbiTuple
  | AbiDictionary
  | AbiList;

/** A tensor. */
export interface AbiTensor {
  /** Tells it from the other kinds. */
  readonly kind: "tensor";
  /** Name of the element type. */
  readonly elementType: string;
  /** Dimensions, `null` where any will do. */
  readonly shape: Shape;
}

/** A list or tuple of as many values as there are types. */
export interface AbiTuple {
  /** Tells it from the other kinds. */
  readonly kind: "tuple";
  /** Types of the values. */
  readonly items: readonly AbiType[];
}

/** A list of any number of values of one type. */
export interface AbiList {
  /** Tells it from the other kinds. */
  readonly kind: "list";
  /** Type of the values. */
  readonly item: AbiType;
}

/** A dictionary, in the order that a program has its values in. */
export interface AbiDictionary {
  /** Tells it from the other kinds. */
  readonly kind: "dictionary";
  /** Types of the values by their keys. */
  readonly entries: ReadonlyMap<string, AbiType>;
}

/** What a function takes, in the order that the VM has it in. */
export interface AbiArgument {
  /** Name of an argument that is given by name. */
  readonly name: string | undefined;
  /** Its type. */
  readonly type: AbiType;
}

/** Arguments and results, as `iree.abi` tells of them. */
export interface AbiSignature {
  /** All arguments. */
  readonly arguments: readonly AbiArgument[];
  /** All results. */
  readonly results: readonly AbiType[];
}

/** Structures within each other further than this are a mistake. */
const MAX_DEPTH = 128;

/** Position in the description: `a[0][1]`. */
type Refuse = (where: string, problem: string, code?: StatusCode) => IreeError;

/**
 * Parses the attribute `iree.abi`: JSON with descriptions of arguments (`a`)
 * and results (`r`).
 *
 * @param text The attribute.
 * @param functionName The function that has it.
 * @returns The signature; throws INVALID_ARGUMENT for what is malformed and
 * UNIMPLEMENTED for types that are not known.
 */
export function parseAbi(text: string, functionName: string): AbiSignature {
  const refuse: Refuse = (where, problem, code = "INVALID_ARGUMENT") =>
    new IreeError(
      code,
      `the iree.abi of '${functionName}' ${where}${problem}`,
      { hint: CALL_HINT },
    );
  const { a, r } = parseObject(text, refuse);
  if (!Array.isArray(a) || !Array.isArray(r)) {
    throw refuse("", "has no arrays 'a' and 'r' of arguments and results");
  }
  const parsed = a.map((it, index) => parseArgument(it, `a[${index}]`, refuse));
  const names = parsed.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) {
    throw refuse("", "has two arguments of one name");
  }
  return {
    arguments: parsed,
    results: r.map((it, index) => parseType(it, `r[${index}]`, 0, refuse)),
  };
}

function parseObject(
  text: string,
  refuse: Refuse,
): { readonly a?: unknown; readonly r?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw refuse("", `is not JSON: ${cause.message}`);
    }
    throw cause;
  }
}

function parseArgument(
  description: unknown,
  where: string,
  refuse: Refuse,
): AbiArgument {
  if (!Array.isArray(description) || description[0] !== "named") {
    return { name: undefined, type: parseType(description, where, 0, refuse) };
  }
  const [, name, type] = description;
  if (typeof name !== "string" || description.length !== 3) {
    throw refuse(where, " is no name and type");
  }
  return { name, type: parseType(type, `${where}[2]`, 0, refuse) };
}

function parseType(
  description: unknown,
  where: string,
  depth: number,
  refuse: Refuse,
): AbiType {
  if (depth > MAX_DEPTH) throw refuse("", `is nested over ${MAX_DEPTH} deep`);
  if (description === null) return { kind: "any" };
  if (typeof description === "string") {
    return parseScalar(description, where, refuse);
  }
  if (!Array.isArray(description)) throw refuse(where, " is no type");
  const [tag, ...rest] = description;
  const parse = (it: unknown, index: number) =>
    parseType(it, `${where}[${index + 1}]`, depth + 1, refuse);
  switch (tag) {
    case "ndarray":
      return parseTensor(rest, where, refuse);
    case "slist":
    case "stuple":
      return { kind: "tuple", items: rest.map(parse) };
    case "sdict":
    case "sdict_kwargs":
      return parseDictionary(
        rest,
        where,
        refuse,
        (it, index) =>
          parseType(it, `${where}[${index + 1}][1]`, depth + 1, refuse),
      );
    case "py_homogeneous_list":
      if (rest.length !== 1) throw refuse(where, " has not one type of items");
      return { kind: "list", item: parse(rest[0], 0) };
    default:
      throw unknownType(tag, where, refuse);
  }
}

function parseScalar(type: string, where: string, refuse: Refuse): AbiType {
  if (Object.hasOwn(SCALARS, type) || type === "f16" || type === "bf16") {
    return { kind: "scalar", type: type as AbiScalarType };
  }
  throw unknownType(type, where, refuse);
}

function unknownType(tag: unknown, where: string, refuse: Refuse): IreeError {
  return refuse(
    where,
    ` has a type that is not known: ${JSON.stringify(tag)}`,
    "UNIMPLEMENTED",
  );
}

// The element type, the rank and each dimension, `null` or -1 where any will do.
function parseTensor(
  [elementType, rank, ...dims]: readonly unknown[],
  where: string,
  refuse: Refuse,
): AbiType {
  const isDimension = (dim: unknown) =>
    dim === null || (Number.isSafeInteger(dim) && Number(dim) >= -1);
  if (
    typeof elementType !== "string" || rank !== dims.length ||
    !dims.every(isDimension)
  ) throw refuse(where, " is no element type, rank and dimensions");
  const shape = dims.map((dim) =>
    dim === null || dim === -1 ? null : Number(dim)
  );
  return { kind: "tensor", elementType, shape };
}

function parseDictionary(
  pairs: readonly unknown[],
  where: string,
  refuse: Refuse,
  parse: (description: unknown, index: number) => AbiType,
): AbiDictionary {
  const entries = new Map<string, AbiType>();
  for (const [index, pair] of pairs.entries()) {
    const at = `${where}[${index + 1}]`;
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw refuse(at, " is no pair of key and type");
    }
    const [key, type] = pair;
    if (typeof key !== "string") throw refuse(at, " has a key that is no text");
    if (entries.has(key)) throw refuse(at, ` is a second '${key}'`);
    entries.set(key, parse(type, index));
  }
  return { kind: "dictionary", entries };
}

/**
 * How the results of a function lie in the VM: one tuple or dictionary of all
 * of them is left out there.
 *
 * @param types What the program tells of its results.
 * @returns What the VM's results are the items of.
 */
export function resultStructure(
  types: readonly AbiType[],
): AbiTuple | AbiDictionary {
  const [type, ...others] = types;
  return others.length === 0 &&
      (type?.kind === "tuple" || type?.kind === "dictionary")
    ? type
    : { kind: "tuple", items: types };
}

/**
 * Number of items in a structure.
 *
 * @param structure The structure.
 */
export function sizeOfStructure(structure: AbiTuple | AbiDictionary): number {
  return structure.kind === "tuple"
    ? structure.items.length
    : structure.entries.size;
}

/**
 * Refuses a signature of more or fewer arguments or results than there are.
 *
 * @param signature What the program tells.
 * @param functionName The function that it tells it of.
 * @param argumentCount Number of the function's arguments in the VM.
 * @param resultCount Number of its results there.
 */
export function checkCounts(
  signature: AbiSignature,
  functionName: string,
  argumentCount: number,
  resultCount: number,
): void {
  const results = sizeOfStructure(resultStructure(signature.results));
  for (
    const [what, told, count] of [
      ["arguments", signature.arguments.length, argumentCount],
      ["results", results, resultCount],
    ]
  ) {
    if (told === count) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the iree.abi of '${functionName}' tells of ${told} ${what}, but there ` +
        `are ${count}`,
      { hint: CALL_HINT },
    );
  }
}
