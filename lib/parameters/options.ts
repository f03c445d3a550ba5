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
  mode?: ParameterMode | undefined;
  /**
   * Where programs write to by `flow.parameter.write`, which is refused when this
   * is left out. `memory` leaves the file as it is: in mode `preload` or `mmap`,
   * the latter if none is given. `file` changes the file: in mode `file` only.
   */
  writable?: "memory" | "file" | undefined;
}

/** What a parameter has besides its contents. */
export interface ParameterOptions {
  /** Bytes that go with the parameter and mean nothing to the runtime. */
  metadata?: Bytes | undefined;
}

/** What a parameter of the caller's data has besides. */
export interface ParameterDataOptions extends ParameterOptions {
  /**
   * Whether programs can write to it by `flow.parameter.write`. They write to
   * native memory, which `ParameterIndex.read` reads.
   *
   * @default {false}
   */
  writable?: boolean | undefined;
}

/** Which of the contents of a parameter to read. */
export interface ParameterRange {
  /**
   * First byte.
   *
   * @default {0}
   */
  offset?: number | undefined;
  /** How many bytes; left out, all from there. */
  length?: number | undefined;
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

/** How native code opens a file of parameters. */
export interface OpenMode {
  /** How the bytes are reached. */
  readonly mode: ParameterMode;
  /** Whether programs can write to them. */
  readonly writable: boolean;
}

/**
 * Refuses options that contradict each other.
 *
 * @param options The options.
 */
export function checkFileOptions(options: ParameterFileOptions): OpenMode {
  const { writable } = options;
  if (writable !== undefined && writable !== "memory" && writable !== "file") {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `writable must be memory or file, got ${String(writable)}`,
    );
  }
  const { mode = writable === "memory" ? "mmap" : "file" } = options;
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
 * Refuses what is not a boolean.
 *
 * @param what What it is, for the message of the error.
 * @param value The value.
 */
export function checkBoolean(what: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a boolean, got ${String(value)}`,
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
