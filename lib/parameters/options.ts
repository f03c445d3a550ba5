import type { ParameterMode } from "../../ffi/parameter.ts";
import { IreeError } from "../base/error.ts";
import { NO_METADATA } from "./entry.ts";

export type { ParameterMode };

/** How a file of parameters is opened. */
export interface ParameterFileOptions {
  /**
   * How programs get the contents: `file` reads them from the file when they
   * are wanted, `preload` reads the whole file into memory now, `mmap` maps it,
   * so that devices of host memory use it in place and parts never used are
   * never read. A file must not be changed while anything made from it lives.
   *
   * @default {"file"}
   */
  mode?: ParameterMode;
}

/** What a parameter has besides its contents. */
export interface ParameterOptions {
  /** Bytes that go with the parameter and mean nothing to the runtime. */
  metadata?: Uint8Array<ArrayBuffer>;
}

/** Which of the contents of a parameter to read. */
export interface ParameterRange {
  /**
   * First byte.
   *
   * @default {0}
   */
  offset?: number;
  /** How many bytes; left out, all from there. */
  length?: number;
}

/** All modes, for messages. */
export const PARAMETER_MODES: readonly ParameterMode[] = [
  "file",
  "preload",
  "mmap",
];

/** How many keys a message names at most. */
const MAX_KEYS = 10;

/**
 * Refuses what is no mode.
 *
 * @param mode The mode.
 */
export function checkParameterMode(mode: ParameterMode): void {
  if (PARAMETER_MODES.includes(mode)) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `the mode of parameters must be ${PARAMETER_MODES.join(" or ")}, not ` +
      `'${mode}'`,
  );
}

/**
 * Names keys that exist, for the hint of an error.
 *
 * @param keys The keys.
 */
export function describeKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "it has no parameters";
  const named = keys.slice(0, MAX_KEYS).join(", ");
  const rest = keys.length - MAX_KEYS;
  return `keys that it has: ${named}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/**
 * The bytes of an array of any type of elements.
 *
 * @param data The array.
 * @param what What it is, for the message of an error.
 */
export function toBytes(
  data: ArrayBufferView<ArrayBuffer> | ArrayBuffer,
  what: string,
): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a typed array, a DataView or an ArrayBuffer`,
  );
}

/**
 * A copy of the metadata among options.
 *
 * @param options The options.
 */
export function copyMetadata(
  options: ParameterOptions,
): Uint8Array<ArrayBuffer> {
  const { metadata } = options;
  return metadata === undefined
    ? NO_METADATA
    : toBytes(metadata, "metadata").slice();
}
