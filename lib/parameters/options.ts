import { type Bytes, bytesOf } from "../../ffi/base/typed_array.ts";
import type { ParameterMode } from "../../ffi/parameter.ts";
import { toByteCount, toName } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { NO_METADATA } from "./entry.ts";

export type { ParameterMode };

/** Options for opening a parameter file. */
export interface ParameterFileOptions {
  /**
   * How programs access the contents. `file` reads them from the file on
   * demand. `preload` reads the whole file into memory now. `mmap` maps it, so
   * that devices with host memory use it in place and unused parts are never
   * read. Do not change a file while objects created from it exist.
   *
   * @default {"file"}
   */
  mode?: ParameterMode | undefined;
  /**
   * Where `flow.parameter.write` of programs writes to; writing is rejected if
   * omitted. `memory` does not change the file; it needs mode `preload` or
   * `mmap`, the default here. `file` changes the file; it needs mode `file`.
   */
  writable?: "memory" | "file" | undefined;
}

/** Additional properties of a parameter. */
export interface ParameterOptions {
  /** Bytes stored with the parameter, which the runtime ignores. */
  metadata?: Bytes | undefined;
}

/** Additional properties of a parameter with data from JavaScript. */
export interface ParameterDataOptions extends ParameterOptions {
  /**
   * Whether programs can write to it with `flow.parameter.write`. They write to
   * native memory, which `ParameterIndex.read` reads.
   *
   * @default {false}
   */
  writable?: boolean | undefined;
}

/** A range of a parameter's contents. */
export interface ParameterRange {
  /**
   * First byte.
   *
   * @default {0}
   */
  offset?: number | undefined;
  /** Number of bytes; all from the offset if omitted. */
  length?: number | undefined;
}

const FILE_OPTIONS: OptionNames<ParameterFileOptions> = {
  mode: true,
  writable: true,
};

/** All modes, for messages. */
export const PARAMETER_MODES: readonly ParameterMode[] = [
  "file",
  "preload",
  "mmap",
];

/** Maximum number of keys in a message. */
const MAX_KEYS = 10;

/**
 * Checks a mode.
 *
 * @param mode The mode.
 */
export function checkParameterMode(mode: ParameterMode): void {
  toName("the mode of parameters", mode, PARAMETER_MODES);
}

/** How native code opens a parameter file. */
export interface OpenMode {
  /** How it accesses the bytes. */
  readonly mode: ParameterMode;
  /** Whether programs can write to them. */
  readonly writable: boolean;
}

/**
 * Checks for options that contradict each other.
 *
 * @param options The options.
 */
export function checkFileOptions(
  options: ParameterFileOptions | undefined,
): OpenMode {
  const read = readOptions(options, FILE_OPTIONS);
  const { writable } = read;
  if (writable !== undefined) {
    toName("writable", writable, ["memory", "file"]);
  }
  const { mode = writable === "memory" ? "mmap" : "file" } = read;
  checkParameterMode(mode);
  if (writable === undefined || (writable === "file") === (mode === "file")) {
    return { mode, writable: writable !== undefined };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    writable === "file"
      ? `mode must be file where programs write to the file, got ${mode}`
      : "mode must be preload or mmap where programs write to memory, got file",
  );
}

/**
 * Lists available keys, for hints.
 *
 * @param keys The keys.
 */
export function describeKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "it has no parameters";
  const named = keys.slice(0, MAX_KEYS).join(", ");
  const rest = keys.length - MAX_KEYS;
  return `keys: ${named}${rest > 0 ? ` and ${rest} more` : ""}`;
}

const RANGE: OptionNames<ParameterRange> = { offset: true, length: true };

/**
 * Checks a range and fills in its defaults.
 *
 * @param key Key of the parameter.
 * @param byteLength Length of its contents.
 * @param range The range.
 */
export function checkRange(
  key: string,
  byteLength: number,
  range: ParameterRange | undefined,
): { readonly offset: number; readonly length: number } {
  const given = readOptions(range, RANGE, "range");
  const offset = toByteCount("offset", given.offset ?? 0);
  const length = toByteCount(
    "length",
    given.length ?? Math.max(0, byteLength - offset),
  );
  if (offset + length <= byteLength) return { offset, length };
  throw new IreeError(
    "OUT_OF_RANGE",
    `parameter '${key}' has ${byteLength} bytes; ${length} from byte ` +
      `${offset} are not among them`,
  );
}

/**
 * Copies the metadata of options.
 *
 * @param metadata The metadata.
 */
export function copyMetadata(
  metadata: Bytes | undefined,
): Uint8Array<ArrayBuffer> {
  return metadata === undefined
    ? NO_METADATA
    : bytesOf(metadata, "metadata").slice();
}
