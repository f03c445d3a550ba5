import { IreeError } from "../base/error.ts";

/** The type of an argument or result in the VM's calling convention. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "ref";

/** An argument or result: its type and its offset in the call's buffer. */
export interface Slot {
  readonly type: ValueType;
  /** Offset in bytes. */
  readonly offset: number;
}

/** All arguments, or all results, of a function. */
export interface Slots {
  readonly slots: readonly Slot[];
  /** Size of the buffer in bytes, a multiple of 8. */
  readonly byteLength: number;
}

/** Arguments and results of a function. */
export interface CallingConvention {
  readonly arguments: Slots;
  readonly results: Slots;
}

const VALUE_TYPES: Readonly<Record<string, ValueType>> = {
  i: "i32",
  I: "i64",
  f: "f32",
  F: "f64",
  r: "ref",
};

const SLOT_LAYOUT: Readonly<
  Record<ValueType, { size: number; alignment: number }>
> = {
  i32: { size: 4, alignment: 4 },
  f32: { size: 4, alignment: 4 },
  i64: { size: 8, alignment: 8 },
  f64: { size: 8, alignment: 8 },
  ref: { size: 16, alignment: 8 },
};

/**
 * Parses a calling convention, such as `0iI_r`; see `iree/vm/module.h`.
 *
 * @param text The calling convention; empty for a function without arguments and
 * results.
 * @returns Types and layout; throws UNIMPLEMENTED for unknown conventions.
 */
export function parseCallingConvention(text: string): CallingConvention {
  const match = /^(?:0([^_]*)(?:_([^_]*))?)?$/.exec(text);
  if (match === null) throw unknownConvention(text);
  return {
    arguments: parseSlots(match[1] ?? "", text),
    results: parseSlots(match[2] ?? "", text),
  };
}

function parseSlots(types: string, text: string): Slots {
  let end = 0;
  const slots = Array.from(types === "v" ? "" : types, (character) => {
    const type = VALUE_TYPES[character];
    if (type === undefined) throw unknownConvention(text);
    const { size, alignment } = SLOT_LAYOUT[type];
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + size;
    return { type, offset };
  });
  return { slots, byteLength: Math.ceil(end / 8) * 8 };
}

function unknownConvention(text: string): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    `unknown calling convention '${text}'`,
  );
}
