import { ownValue } from "../base/own_value.ts";
import {
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";
import { type Refuse, unimplemented } from "./header.ts";

/** How elements lie in a `.npy` file. */
export interface NpyElements {
  /** Type of the elements. */
  readonly info: ElementTypeInfo;
  /** Whether the bytes of each number are in reverse. */
  readonly bigEndian: boolean;
}

/**
 * Element types by kind and bytes. Programs take integers of either sign for
 * `i32` and its like, which is what most declare.
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
  // NumPy has no such type: ml_dtypes.float8_e5m2 is written so.
  f1: "f8E5M2",
  f2: "f16",
  f4: "f32",
  f8: "f64",
  c8: "cf64",
  c16: "cf128",
};

/**
 * Finds the element type that a `.npy` file tells.
 *
 * @param descr The type as NumPy writes it.
 * @param raw What the caller knows of types that NumPy writes as raw bytes.
 * @param refuse Makes the error.
 * @returns The type; throws UNIMPLEMENTED for what no tensor has, and for raw
 * bytes that may be of several types.
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
    refuse(`has elements of type '${descr}', which no tensor has`),
    "convert the array in NumPy: array.astype(…)",
  );
}

// ml_dtypes writes its types as raw bytes. It has one of two bytes and several
// of one; only its files say `<`, those of NumPy's own raw bytes `|`.
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
      "name it by the option rawElementType",
    );
  }
  if (given.bitCount === 8 * size) return given;
  throw refuse(
    `has elements of type '${descr}', which are not ${given.name}: that has ` +
      `${given.bitCount} bits`,
  );
}

/**
 * Names an element type as NumPy writes it.
 *
 * @param info The type.
 * @param refuse Makes the error.
 * @returns The name; throws UNIMPLEMENTED for what NumPy has no type of.
 */
export function formatDescr(info: ElementTypeInfo, refuse: Refuse): string {
  if (info.name === "i1") return "|b1";
  const [, sign, prefix] = /^([su]?)(i|f|cf|bf)\d/.exec(info.name) ?? [];
  const size = info.bitCount / 8;
  // float8_e5m2 too, which ml_dtypes writes as `<f1`: NumPy cannot read that.
  if (prefix === "bf" || (prefix === "f" && size === 1)) return `<V${size}`;
  if (prefix === undefined || !Number.isInteger(size)) {
    throw unimplemented(
      refuse(`has elements of type ${info.name}, which NumPy has not`),
    );
  }
  const kind = sign === "u" ? "u" : prefix[0];
  return `${size === 1 ? "|" : "<"}${kind}${size}`;
}
