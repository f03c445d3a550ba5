import { ownValue } from "../base/own_value.ts";
import {
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";
import { type Refuse, unimplemented } from "./header.ts";

/** The storage of elements in a `.npy` file. */
export interface NpyElements {
  /** The element type. */
  readonly info: ElementTypeInfo;
  /** Whether each number's bytes are reversed. */
  readonly bigEndian: boolean;
}

/**
 * Element types by kind and size. Programs accept integers of either sign for
 * `i32` and other signless types, which most declare.
 */
const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  b1: "i1",
  i1: "i8",
  i2: "i16",
  i4: "i32",
  i8: "i64",
  u1: "ui8",
  u2: "ui16",
  u4: "ui32",
  u8: "ui64",
  // NumPy has no such type; ml_dtypes.float8_e5m2 is written this way.
  f1: "f8E5M2",
  f2: "f16",
  f4: "f32",
  f8: "f64",
  c8: "cf64",
  c16: "cf128",
};

/**
 * Finds the element type of a `.npy` file.
 *
 * @param descr NumPy's name of the type.
 * @param raw The caller's type for raw bytes.
 * @param refuse Creates the error.
 * @returns The type; throws UNIMPLEMENTED for types that tensors do not support,
 * and for raw bytes of an unknown type.
 */
export function parseDescr(
  descr: string,
  raw: ElementTypeInfo | undefined,
  refuse: Refuse,
): NpyElements {
  const [, order, kind, size] = /^([<>=|]?)([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const bigEndian = order === ">";
  if (kind === "V") {
    return { info: rawInfo(descr, Number(size), raw, refuse), bigEndian };
  }
  const type = ownValue(ELEMENT_TYPES, `${kind}${size}`);
  if (type !== undefined) return { info: elementTypeInfo(type), bigEndian };
  throw unimplemented(
    refuse(`has elements of type '${descr}', which tensors do not support`),
    "convert the array in NumPy: array.astype(…)",
  );
}

// ml_dtypes writes its types as raw bytes: one type of two bytes, several of
// one. Only its files use `<`; NumPy's own raw bytes use `|`.
function rawInfo(
  descr: string,
  size: number,
  given: ElementTypeInfo | undefined,
  refuse: Refuse,
): ElementTypeInfo {
  if (given === undefined && descr === "<V2") return elementTypeInfo("bf16");
  if (given === undefined) {
    throw unimplemented(
      refuse(`has elements of type '${descr}': raw bytes of an unknown type`),
      "pass the option rawElementType",
    );
  }
  if (given.bitCount === 8 * size) return given;
  throw refuse(
    `has elements of type '${descr}', which cannot be ${given.name}: that has ` +
      `${given.bitCount} bits`,
  );
}

/**
 * Returns NumPy's name of an element type.
 *
 * @param info The type.
 * @param refuse Creates the error.
 * @returns The name; throws UNIMPLEMENTED for types that NumPy does not have.
 */
export function formatDescr(info: ElementTypeInfo, refuse: Refuse): string {
  if (info.name === "i1") return "|b1";
  const [, sign, prefix] = /^([su]?)(i|f|cf|bf)\d/.exec(info.name) ?? [];
  const size = info.bitCount / 8;
  // So is float8_e5m2: ml_dtypes writes it as `<f1`, which NumPy cannot read.
  if (prefix === "bf" || (prefix === "f" && size === 1)) return `<V${size}`;
  if (prefix === undefined || !Number.isInteger(size)) {
    throw unimplemented(
      refuse(`has elements of type ${info.name}, which NumPy does not support`),
    );
  }
  const kind = sign === "u" ? "u" : prefix[0];
  return `${size === 1 ? "|" : "<"}${kind}${size}`;
}
