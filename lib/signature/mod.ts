/**
 * Functions' signatures: calling conventions, declarations, `iree.abi`.
 *
 * @module
 */

export type { ValueType } from "./calling_convention.ts";
export type { ValueDescription } from "./value_description.ts";
