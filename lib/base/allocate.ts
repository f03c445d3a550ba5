import { IreeError } from "./error.ts";

/**
 * Allocates an array for a program's data, which can be longer than any array.
 *
 * @param constructor Class of the array.
 * @param length Number of its entries.
 * @returns The array; throws RESOURCE_EXHAUSTED if memory is exhausted.
 */
export function allocateArray<T>(
  constructor: { new (length: number): T; readonly BYTES_PER_ELEMENT: number },
  length: number,
): T {
  try {
    return new constructor(length);
  } catch (cause) {
    throw new IreeError(
      "RESOURCE_EXHAUSTED",
      `no memory for an array of ${length * constructor.BYTES_PER_ELEMENT} ` +
        "bytes",
      { cause },
    );
  }
}
