import {
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";

/** How `.npy` files are read. */
export interface NpyOptions {
  /**
   * Type of the elements of arrays that the file calls raw bytes (`V1`, `V2`),
   * which is how NumPy writes the types of `ml_dtypes`. Left out, `<V2` is
   * `bf16`, and others are refused: they may be of several types.
   */
  rawElementType?: ElementType | undefined;
}

/**
 * The type of raw bytes among options.
 *
 * @param options The options.
 */
export function rawInfoOf(options: NpyOptions): ElementTypeInfo | undefined {
  const { rawElementType } = options;
  return rawElementType === undefined
    ? undefined
    : elementTypeInfo(rawElementType);
}
