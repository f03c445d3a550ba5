/**
 * `iree_ffi_kind_e`: what a native object is. Up to `bufferView` they are
 * objects of the VM.
 */
export const Kind = {
  null: 0,
  ref: 1,
  list: 2,
  buffer: 3,
  bufferView: 4,
  call: 5,
  mapping: 6,
  context: 7,
  moduleList: 8,
  module: 9,
  parameterScopes: 10,
  parameterIndex: 11,
  parameterFile: 12,
  profiling: 13,
  deviceGroup: 14,
  watchdog: 15,
  instance: 16,
} as const;

/** A kind of native objects. */
export type Kind = typeof Kind[keyof typeof Kind];

export function kindName(kind: Kind): string {
  // They count from 0, in this order.
  return Object.keys(Kind)[kind]!;
}
