/**
 * What functions take and return: calling conventions, declarations, `iree.abi`.
 *
 * @module
 */

export type { ValueType } from "./calling_convention.ts";
