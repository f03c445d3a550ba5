import { IreeError, type StatusCode } from "../base/error.ts";
import { SCALARS, type ScalarType } from "../tensor/scalar.ts";
import type { Shape } from "../tensor/shape.ts";
import { CALL_HINT } from "./structure_error.ts";

/** The type of a number: one of the VM's, or one that only results can have. */
export type AbiScalarType = ScalarType | "f16" | "bf16";

/** The type of an argument or result in `iree.abi`. */
export type AbiType =
  | { readonly kind: "any" }
  | { readonly kind: "scalar"; readonly type: AbiScalarType }
  | AbiTensor
  | AbiTuple
  | AbiDictionary
  | AbiList;

/** A tensor. */
export interface AbiTensor {
  /** Distinguishes the kinds. */
  readonly kind: "tensor";
  /** The element type's name. */
  readonly elementType: string;
  /** Dimensions; `null` accepts any size. */
  readonly shape: Shape;
}

/** A list or tuple with a fixed number of values, one per type. */
export interface AbiTuple {
  /** Distinguishes the kinds. */
  readonly kind: "tuple";
  /** The values' types. */
  readonly items: readonly AbiType[];
}

/** A list of any number of values of one type. */
export interface AbiList {
  /** Distinguishes the kinds. */
  readonly kind: "list";
  /** The values' type. */
  readonly item: AbiType;
}

/** A dictionary, in the order of the program's values. */
export interface AbiDictionary {
  /** Distinguishes the kinds. */
  readonly kind: "dictionary";
  /** The values' types by key. */
  readonly entries: ReadonlyMap<string, AbiType>;
}

/** An argument, in the order of the VM's arguments. */
export interface AbiArgument {
  /** The name of a named argument. */
  readonly name: string | undefined;
  /** The argument's type. */
  readonly type: AbiType;
}

/** Arguments and results as `iree.abi` describes them. */
export interface AbiSignature {
  /** All arguments. */
  readonly arguments: readonly AbiArgument[];
  /** All results. */
  readonly results: readonly AbiType[];
}

/** Maximum nesting depth of structures. */
const MAX_DEPTH = 128;

/** Position in the description: `a[0][1]`. */
type Refuse = (where: string, problem: string, code?: StatusCode) => IreeError;

/**
 * Parses the attribute `iree.abi`: JSON that describes arguments (`a`) and
 * results (`r`).
 *
 * @param text The attribute.
 * @param functionName The function with the attribute.
 * @returns The signature; throws INVALID_ARGUMENT if it is malformed and
 * UNIMPLEMENTED for unknown types.
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
    throw refuse("", "must have arrays 'a' and 'r' of arguments and results");
  }
  const parsed = a.map((it, index) => parseArgument(it, `a[${index}]`, refuse));
  const names = parsed.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) {
    throw refuse("", "has two arguments with the same name");
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
    throw refuse(where, " must be a name and a type");
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
  if (!Array.isArray(description)) throw refuse(where, " must be a type");
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
      if (rest.length !== 1) throw refuse(where, " must have one item type");
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
    ` has an unknown type: ${JSON.stringify(tag)}`,
    "UNIMPLEMENTED",
  );
}

// The element type, the rank and each dimension; `null` or -1 accepts any size.
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
  ) throw refuse(where, " must be element type, rank and dimensions");
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
      throw refuse(at, " must be a pair of key and type");
    }
    const [key, type] = pair;
    if (typeof key !== "string") throw refuse(at, " must have a string as key");
    if (entries.has(key)) throw refuse(at, ` is a second '${key}'`);
    entries.set(key, parse(type, index));
  }
  return { kind: "dictionary", entries };
}

/**
 * Returns the layout of a function's results in the VM, which omits a single
 * tuple or dictionary around all of them.
 *
 * @param types The declared results.
 * @returns The structure whose items are the VM's results.
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
 * Returns the number of items in a structure.
 *
 * @param structure The structure.
 */
export function sizeOfStructure(structure: AbiTuple | AbiDictionary): number {
  return structure.kind === "tuple"
    ? structure.items.length
    : structure.entries.size;
}

/**
 * Throws if a signature does not match the numbers of arguments and results.
 *
 * @param signature The declared signature.
 * @param functionName The function's name.
 * @param argumentCount The number of arguments in the VM.
 * @param resultCount The number of results in the VM.
 */
export function checkCounts(
  signature: AbiSignature,
  functionName: string,
  argumentCount: number,
  resultCount: number,
): void {
  const results = sizeOfStructure(resultStructure(signature.results));
  for (
    const [what, declared, count] of [
      ["arguments", signature.arguments.length, argumentCount],
      ["results", results, resultCount],
    ]
  ) {
    if (declared === count) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `the iree.abi of '${functionName}' declares ${declared} ${what}, but the ` +
        `function has ${count}`,
      { hint: CALL_HINT },
    );
  }
}
