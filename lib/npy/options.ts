import { type OptionNames, readOptions } from "../base/options.ts";
import {
  type ElementType,
  type ElementTypeInfo,
  elementTypeInfo,
} from "../tensor/element_type.ts";

/** Options for reading `.npy` files. */
export interface NpyOptions {
  /**
   * Element type of arrays of raw bytes (`V1`, `V2`), which is how NumPy writes
   * the types of `ml_dtypes`. By default, `<V2` is `bf16`, and others throw,
   * since they could be of several types.
   */
  rawElementType?: ElementType | undefined;
}

/**
 * Returns the type of raw bytes.
 *
 * @param options The options.
 */
export function rawInfoOf(
  options: NpyOptions | undefined,
): ElementTypeInfo | undefined {
  const { rawElementType } = readOptions(options, NAMES);
  return rawElementType === undefined
    ? undefined
    : elementTypeInfo(rawElementType);
}

const NAMES: OptionNames<NpyOptions> = { rawElementType: true };
