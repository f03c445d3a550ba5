import type { ElementTypeInfo } from "./element_type.ts";

/**
 * A tensor whose contents are in several places, which a call copies one after
 * another into its own memory. Made and checked inside the package.
 */
export class TensorParts {
  /** `iree_hal_element_type_t`. */
  readonly code: number;
  /** Dimensions, outermost first. */
  readonly dims: Float64Array<ArrayBuffer>;
  readonly #parts: readonly Uint8Array<ArrayBufferLike>[];
  /** Length of all contents in bytes. */
  readonly byteLength: number;

  /**
   * @param info The element type, of whole bytes.
   * @param shape Dimensions, outermost first.
   * @param parts The contents.
   */
  constructor(
    info: ElementTypeInfo,
    shape: readonly number[],
    parts: readonly Uint8Array<ArrayBufferLike>[],
  ) {
    this.code = info.code;
    this.dims = Float64Array.from(shape);
    this.#parts = parts;
    this.byteLength = shape.reduce((length, dim) => length * dim, 1) *
      info.bitCount / 8;
  }

  /** Whether a value is such a tensor, which a Proxy is not. */
  static is(value: unknown): value is TensorParts {
    return typeof value === "object" && value !== null && #parts in value;
  }

  /** The contents in row-major order, of any alignment. */
  get parts(): readonly Uint8Array<ArrayBufferLike>[] {
    return this.#parts;
  }
}
