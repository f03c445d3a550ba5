/**
 * Reads and writes `.npy` files.
 *
 * @example
 * ```ts ignore
 * import { readNpy } from "@iree/runtime/npy";
 *
 * const [{ shape, elementType, data }] = readNpy("x.npy");
 * ```
 *
 * @module
 */

export { decodeNpy, decodeNpyArray, encodeNpy, type NpyArray } from "./npy.ts";
export { type NpyArrayInfo, NpyFile, readNpy } from "./npy_file.ts";
export type { NpyOptions } from "./options.ts";
export { type NpyData, writeNpy } from "./write_npy.ts";
