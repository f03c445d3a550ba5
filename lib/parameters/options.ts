import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
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
  metadata?: Bytes | undefined;
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
    : bytesOf(metadata, "metadata").slice();
}
