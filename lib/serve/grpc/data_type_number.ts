/** Names of data types by their number in a model's configuration. */
const NUMBERED: readonly string[] = [
  "TYPE_INVALID",
  "TYPE_BOOL",
  "TYPE_UINT8",
  "TYPE_UINT16",
  "TYPE_UINT32",
  "TYPE_UINT64",
  "TYPE_INT8",
  "TYPE_INT16",
  "TYPE_INT32",
  "TYPE_INT64",
  "TYPE_FP16",
  "TYPE_FP32",
  "TYPE_FP64",
  "TYPE_STRING",
  "TYPE_BF16",
];

/**
 * Returns the number of a data type.
 *
 * @param name Its name in a model's configuration.
 */
export function dataTypeNumber(name: string): number {
  return NUMBERED.indexOf(name);
}
