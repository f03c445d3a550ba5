/**
 * `iree_ffi_kind_e`: the kind of a native object. Kinds up to `bufferView` are
 * VM objects.
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
  load: 8,
  moduleList: 9,
  module: 10,
  parameterScopes: 11,
  parameterIndex: 12,
  parameterFile: 13,
  profiling: 14,
  deviceProfile: 15,
  recording: 16,
  replay: 17,
  deviceGroup: 18,
  watchdog: 19,
  hostFences: 20,
  host: 21,
  encodeStream: 22,
  decodeStream: 23,
  tokenizer: 24,
  instance: 25,
} as const;

/** A kind of native object. */
export type Kind = typeof Kind[keyof typeof Kind];

export function kindName(kind: Kind): string {
  // Kinds count from 0 in this order.
  return Object.keys(Kind)[kind]!;
}
