import { quoteValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import {
  BFLOAT16,
  type DeclaredScalar,
  FLOAT16,
  type Scalar,
  SCALARS,
  signlessScalar,
  unsignedScalar,
} from "./scalar.ts";
import { SMALL_FLOATS, type SmallFloat } from "./float8.ts";

/**
 * An element type's name as IREE prints it: `i1` (a byte that is 0 or 1), signless
 * integers (`i32`), signed (`si32`) and unsigned ones (`ui32`), floats (`f32`,
 * `bf16`, `f8E4M3FN`), and complex numbers, named by the bits of both parts
 * (`cf64` is two f32).
 */
export type ElementType =
  | "i1"
  | "i4"
  | "si4"
  | "ui4"
  | "i8"
  | "si8"
  | "ui8"
  | "i16"
  | "si16"
  | "ui16"
  | "i32"
  | "si32"
  | "ui32"
  | "i64"
  | "si64"
  | "ui64"
  | "f16"
  | "bf16"
  | "f32"
  | "f64"
  | "cf64"
  | "cf128"
  | "f8E5M2"
  | "f8E4M3FN"
  | "f8E5M2FNUZ"
  | "f8E4M3FNUZ"
  | "f8E8M0FNU";

/**
 * The array classes that tensors are read into.
 *
 * @typeParam Memory The underlying buffer; `ArrayBuffer` for the package's own.
 */
export type TypedArray<Memory extends ArrayBufferLike = ArrayBuffer> =
  | Int8Array<Memory>
  | Uint8Array<Memory>
  | Int16Array<Memory>
  | Uint16Array<Memory>
  | Int32Array<Memory>
  | Uint32Array<Memory>
  | BigInt64Array<Memory>
  | BigUint64Array<Memory>
  | Float16Array<Memory>
  | Float32Array<Memory>
  | Float64Array<Memory>;

/**
 * The array classes that tensors are made from and copied into, over any buffer:
 * those for reading, and `Uint8ClampedArray` for bytes.
 */
export type AnyTypedArray =
  | TypedArray<ArrayBufferLike>
  | Uint8ClampedArray<ArrayBufferLike>;

/** Makes an array of one of those classes. */
export interface TypedArrayConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (
    buffer: ArrayBuffer,
    byteOffset?: number,
    length?: number,
  ): TypedArray;
}

/** The properties of an element type. */
export interface ElementTypeInfo {
  /** The type's name. */
  readonly name: ElementType;
  /** `iree_hal_element_type_t`. */
  readonly code: number;
  /** Bits per element in memory; 4-bit elements are packed. */
  readonly bitCount: number;
  /** The array class for reading. */
  readonly array: TypedArrayConstructor;
  /** The names of all array classes with such elements. */
  readonly arrays: readonly string[];
  /** Array entries per element: 2 for complex numbers. */
  readonly components: 1 | 2;
  /** How a component is stored; `undefined` for elements smaller than a byte. */
  readonly codec: Scalar | undefined;
}

/** `iree_hal_numerical_type_t`. */
const NUMERICAL = {
  integer: 0x10,
  signed: 0x11,
  unsigned: 0x12,
  boolean: 0x13,
  ieee: 0x21,
  brain: 0x22,
  complex: 0x23,
  f8E5M2: 0x24,
  f8E4M3FN: 0x25,
  f8E5M2FNUZ: 0x26,
  f8E4M3FNUZ: 0x27,
  f8E8M0FNU: 0x28,
} as const;

const ARRAYS = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
} as const satisfies Record<string, TypedArrayConstructor>;

/** The array class for reading, and others with the same bits. */
type ArrayNames = readonly [
  keyof typeof ARRAYS,
  ...(keyof typeof ARRAYS | "Uint8ClampedArray")[],
];

function info(
  name: ElementType,
  numerical: keyof typeof NUMERICAL,
  bitCount: number,
  arrays: ArrayNames,
  codec: Scalar | undefined,
): ElementTypeInfo {
  return {
    name,
    code: NUMERICAL[numerical] * 2 ** 24 + bitCount,
    bitCount,
    array: ARRAYS[arrays[0]],
    arrays,
    components: numerical === "complex" ? 2 : 1,
    codec,
  };
}

function throughBits(
  { range, fits, encode, decode }: DeclaredScalar,
): Scalar {
  return {
    range,
    fits,
    read: (view, offset) => decode(view.getUint16(offset, true)),
    write: (view, offset, value) =>
      view.setUint16(offset, encode(Number(value)), true),
  };
}

function smallFloatCodec(format: SmallFloat): Scalar {
  return {
    get range() {
      return `a number of size up to ${format.max} that does not become 0, ` +
        "or one that the format has, such as NaN";
    },
    fits: (value) => typeof value === "number" && format.fits(value),
    read: (view, offset) => format.values[view.getUint8(offset)]!,
    write: (view, offset, value) =>
      view.setUint8(offset, format.encode(Number(value))),
  };
}

// Signless integers accept both ranges and are read as signed.
function integers(bits: 8 | 16 | 32 | 64): ElementTypeInfo[] {
  const signed = bits === 64
    ? "BigInt64Array" as const
    : `Int${bits}Array` as const;
  const unsigned: ArrayNames = bits === 64
    ? ["BigUint64Array"]
    : bits === 8
    ? ["Uint8Array", "Uint8ClampedArray"]
    : [`Uint${bits}Array`];
  return [
    info(
      `i${bits}`,
      "integer",
      bits,
      [signed, ...unsigned],
      signlessScalar(bits),
    ),
    info(`si${bits}`, "signed", bits, [signed], SCALARS[`i${bits}`]),
    info(`ui${bits}`, "unsigned", bits, unsigned, unsignedScalar(bits)),
  ];
}

const BOOLEAN: Scalar = {
  range: "0, 1, false or true",
  fits: (value) => value === 0 || value === 1 || typeof value === "boolean",
  read: (view, offset) => view.getUint8(offset),
  write: (view, offset, value) => view.setUint8(offset, Number(value)),
};

const INFOS: readonly ElementTypeInfo[] = [
  info("i1", "boolean", 8, ["Uint8Array"], BOOLEAN),
  info("i4", "integer", 4, ["Uint8Array"], undefined),
  info("si4", "signed", 4, ["Uint8Array"], undefined),
  info("ui4", "unsigned", 4, ["Uint8Array"], undefined),
  ...integers(8),
  ...integers(16),
  ...integers(32),
  ...integers(64),
  info(
    "f16",
    "ieee",
    16,
    ["Float16Array", "Uint16Array"],
    throughBits(FLOAT16),
  ),
  // JavaScript has no array class for these: integer arrays hold their bits.
  info("bf16", "brain", 16, ["Uint16Array"], throughBits(BFLOAT16)),
  info("f32", "ieee", 32, ["Float32Array"], SCALARS.f32),
  info("f64", "ieee", 64, ["Float64Array"], SCALARS.f64),
  info("cf64", "complex", 64, ["Float32Array"], SCALARS.f32),
  info("cf128", "complex", 128, ["Float64Array"], SCALARS.f64),
  ...(["f8E5M2", "f8E4M3FN", "f8E5M2FNUZ", "f8E4M3FNUZ", "f8E8M0FNU"] as const)
    .map((name) =>
      info(name, name, 8, ["Uint8Array"], smallFloatCodec(SMALL_FLOATS[name]))
    ),
];

const BY_NAME = new Map<string, ElementTypeInfo>(
  INFOS.map((it) => [it.name, it]),
);
const BY_CODE = new Map<number, ElementTypeInfo>(
  INFOS.map((it) => [it.code, it]),
);

/** All element types. */
export const ELEMENT_TYPES: readonly ElementType[] = INFOS.map(({ name }) =>
  name
);

/**
 * Finds an element type by name.
 *
 * @param name The name.
 * @returns The type's properties; throws INVALID_ARGUMENT if it does not
 * exist.
 */
export function elementTypeInfo(name: string): ElementTypeInfo {
  const found = BY_NAME.get(name);
  if (found !== undefined) return found;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `unknown element type ${quoteValue(name)}`,
    {
      hint: `element types: ${ELEMENT_TYPES.join(", ")}`,
    },
  );
}

/**
 * Finds an element type by IREE's number.
 *
 * @param code An `iree_hal_element_type_t`.
 * @returns The type, or `undefined` if this package does not support it.
 */
export function elementTypeOfCode(code: number): ElementTypeInfo | undefined {
  return BY_CODE.get(code);
}

/** Declared type names that IREE prints differently. */
const DECLARED_NAMES: Readonly<Record<string, ElementType>> = {
  "complex<f32>": "cf64",
  "complex<f64>": "cf128",
};

/**
 * Finds an element type by its declared name.
 *
 * @param text A declared tensor's element type, such as `complex<f32>`.
 * @returns The type, or `undefined` if unknown.
 */
export function declaredElementType(text: string): ElementTypeInfo | undefined {
  return BY_NAME.get(DECLARED_NAMES[text] ?? text);
}

/** The default element types of array classes. */
const DEFAULTS: Readonly<Record<string, ElementType>> = {
  Int8Array: "i8",
  Uint8Array: "ui8",
  Uint8ClampedArray: "ui8",
  Int16Array: "i16",
  Uint16Array: "ui16",
  Int32Array: "i32",
  Uint32Array: "ui32",
  BigInt64Array: "i64",
  BigUint64Array: "ui64",
  Float16Array: "f16",
  Float32Array: "f32",
  Float64Array: "f64",
};

/**
 * Finds the default element type of an array class.
 *
 * @param name The class's name.
 */
export function defaultElementType(name: string): ElementTypeInfo | undefined {
  return BY_NAME.get(DEFAULTS[name] ?? "");
}

/**
 * Returns whether elements of one type can be passed as another: integers of the
 * same size can, whatever their sign. IREE also accepts bytes as booleans, but
 * programs test a single bit: 2 would be false.
 *
 * @param given The elements' type.
 * @param wanted The expected type.
 */
export function isCompatible(
  given: ElementTypeInfo,
  wanted: ElementTypeInfo,
): boolean {
  if (given === wanted) return true;
  if (wanted.name === "i1") return false;
  const isInteger = ({ code }: ElementTypeInfo) =>
    (code / 2 ** 24 & 0xf0) === NUMERICAL.integer;
  return isInteger(given) && isInteger(wanted) &&
    given.bitCount === wanted.bitCount;
}
