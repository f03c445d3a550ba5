/**
 * The JavaScript representation of an element type.
 *
 * @typeParam Array The array class for reading.
 * @typeParam Element A single element.
 * @typeParam Arrays The array classes for writing.
 * @typeParam Given A single element for writing.
 */
export interface ElementArrays<
  Array,
  Element,
  Arrays,
  Given = Element,
> {
  /** The array class for reading. */
  array: Array;
  /** A single element. */
  element: Element;
  /** The array classes for writing. */
  arrays: Arrays;
  /** A single element for writing. */
  given: Given;
}

/**
 * The JavaScript representation of each element type. Types without an array
 * class use an integer array of their bits.
 */
export interface TensorElements {
  /** A byte that is 0 or 1. */
  i1: ElementArrays<
    Uint8Array<ArrayBuffer>,
    number,
    Uint8Array,
    number | boolean
  >;
  /** 4 bits, two in a byte. */
  i4: ElementArrays<Uint8Array<ArrayBuffer>, never, Uint8Array>;
  /** 4 bits, signed, two in a byte. */
  si4: ElementArrays<Uint8Array<ArrayBuffer>, never, Uint8Array>;
  /** 4 bits, unsigned, two in a byte. */
  ui4: ElementArrays<Uint8Array<ArrayBuffer>, never, Uint8Array>;
  /** 8 bits, signed or not. */
  i8: ElementArrays<
    Int8Array<ArrayBuffer>,
    number,
    Int8Array | Uint8Array | Uint8ClampedArray
  >;
  /** 8 bits, signed. */
  si8: ElementArrays<Int8Array<ArrayBuffer>, number, Int8Array>;
  /** 8 bits, unsigned. */
  ui8: ElementArrays<
    Uint8Array<ArrayBuffer>,
    number,
    Uint8Array | Uint8ClampedArray
  >;
  /** 16 bits, signed or not. */
  i16: ElementArrays<Int16Array<ArrayBuffer>, number, Int16Array | Uint16Array>;
  /** 16 bits, signed. */
  si16: ElementArrays<Int16Array<ArrayBuffer>, number, Int16Array>;
  /** 16 bits, unsigned. */
  ui16: ElementArrays<Uint16Array<ArrayBuffer>, number, Uint16Array>;
  /** 32 bits, signed or not. */
  i32: ElementArrays<Int32Array<ArrayBuffer>, number, Int32Array | Uint32Array>;
  /** 32 bits, signed. */
  si32: ElementArrays<Int32Array<ArrayBuffer>, number, Int32Array>;
  /** 32 bits, unsigned. */
  ui32: ElementArrays<Uint32Array<ArrayBuffer>, number, Uint32Array>;
  /** 64 bits, signed or not. */
  i64: ElementArrays<
    BigInt64Array<ArrayBuffer>,
    bigint,
    BigInt64Array | BigUint64Array,
    bigint | number
  >;
  /** 64 bits, signed. */
  si64: ElementArrays<
    BigInt64Array<ArrayBuffer>,
    bigint,
    BigInt64Array,
    bigint | number
  >;
  /** 64 bits, unsigned. */
  ui64: ElementArrays<
    BigUint64Array<ArrayBuffer>,
    bigint,
    BigUint64Array,
    bigint | number
  >;
  /** 16 bits in IEEE's format. */
  f16: ElementArrays<
    Float16Array<ArrayBuffer>,
    number,
    Float16Array | Uint16Array
  >;
  /** The upper 16 bits of an f32. */
  bf16: ElementArrays<Uint16Array<ArrayBuffer>, number, Uint16Array>;
  /** 32 bits in IEEE's format. */
  f32: ElementArrays<Float32Array<ArrayBuffer>, number, Float32Array>;
  /** 64 bits in IEEE's format. */
  f64: ElementArrays<Float64Array<ArrayBuffer>, number, Float64Array>;
  /** Two f32, the real part first. */
  cf64: ElementArrays<
    Float32Array<ArrayBuffer>,
    readonly [number, number],
    Float32Array
  >;
  /** Two f64, the real part first. */
  cf128: ElementArrays<
    Float64Array<ArrayBuffer>,
    readonly [number, number],
    Float64Array
  >;
  /** 8 bits: 5 of exponent, 2 of mantissa. */
  f8E5M2: ElementArrays<Uint8Array<ArrayBuffer>, number, Uint8Array>;
  /** 8 bits: 4 of exponent, 3 of mantissa. */
  f8E4M3FN: ElementArrays<Uint8Array<ArrayBuffer>, number, Uint8Array>;
  /** As `f8E5M2`, with one zero and one NaN. */
  f8E5M2FNUZ: ElementArrays<Uint8Array<ArrayBuffer>, number, Uint8Array>;
  /** As `f8E4M3FN`, with one zero and one NaN. */
  f8E4M3FNUZ: ElementArrays<Uint8Array<ArrayBuffer>, number, Uint8Array>;
  /** 8 bits of exponent. */
  f8E8M0FNU: ElementArrays<Uint8Array<ArrayBuffer>, number, Uint8Array>;
}
