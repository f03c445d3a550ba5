import type { ValueType } from "./calling_convention.ts";
import type { DeclaredValue } from "./signature.ts";

/** An input or output of a function. */
export interface ValueDescription {
  /** Its name, as `VmFunction.run` accepts or returns it. */
  readonly name: string;
  /**
   * Its element type, such as `f32`; `undefined` for objects, and if the program
   * does not declare it.
   */
  readonly elementType: string | undefined;
  /**
   * Dimensions, `null` where any size is accepted; empty for scalars; `undefined`
   * as for {@linkcode elementType}.
   */
  readonly shape: readonly (number | null)[] | undefined;
  /**
   * Names of the dimensions, such as `batch`, `null` for those without a name;
   * `undefined` if the program declares none.
   */
  readonly dimensionNames: readonly (string | null)[] | undefined;
}

/** Attribute of a declared value with the names of its dimensions, as JSON. */
const DIMENSIONS = "dims";

/**
 * Describes inputs or outputs.
 *
 * @param names Their names.
 * @param types Their types in the VM, in the same order; empty if unknown.
 * @param declared What the program declares; ignored if it is not as many.
 */
export function describeValues(
  names: readonly string[],
  types: readonly ValueType[],
  declared: readonly DeclaredValue[] = [],
): ValueDescription[] {
  const isDeclared = declared.length === names.length;
  return names.map((name, ordinal) => ({
    name,
    ...describe(types[ordinal], isDeclared ? declared[ordinal] : undefined),
  }));
}

function describe(
  type: ValueType | undefined,
  declared: DeclaredValue | undefined,
): Omit<ValueDescription, "name"> {
  if (declared?.kind === "tensor") {
    const { elementType, shape, attributes } = declared;
    const dimensionNames = readNames(attributes[DIMENSIONS], shape.length);
    return { elementType, shape, dimensionNames };
  }
  const scalar = type === "ref"
    ? undefined
    : declared?.kind === "scalar"
    ? declared.type
    : type;
  const shape = scalar === undefined ? undefined : [];
  return { elementType: scalar, shape, dimensionNames: undefined };
}

function readNames(
  text: string | undefined,
  rank: number,
): (string | null)[] | undefined {
  if (text === undefined) return undefined;
  try {
    const names = JSON.parse(text);
    const isWhole = Array.isArray(names) && names.length === rank &&
      names.every((it) => it === null || typeof it === "string");
    return isWhole ? names : undefined;
  } catch {
    return undefined;
  }
}
