import { IreeError } from "../base/error.ts";

/** Properties of every parameter of an index. */
export interface ParameterCommon {
  /** Name within its scope. */
  readonly key: string;
  /** Length of the contents in bytes. */
  readonly byteLength: number;
  /** Additional data from the file; empty if there is none. */
  readonly metadata: Uint8Array<ArrayBuffer>;
}

/** A parameter whose contents are bytes of a file or an array. */
export interface FileParameter extends ParameterCommon {
  /** Distinguishes the kinds of entries. */
  readonly storage: "file";
  /** Path of the file; omitted for contents passed as an array. */
  readonly path?: string | undefined;
  /** Offset of the contents in the file, in bytes. */
  readonly offset: number;
}

/** A parameter whose contents repeat a pattern. */
export interface SplatParameter extends ParameterCommon {
  /** Distinguishes the kinds of entries. */
  readonly storage: "splat";
  /** The pattern: 1, 2, 4, 8 or 16 bytes. */
  readonly pattern: Uint8Array<ArrayBuffer>;
}

/**
 * A parameter whose contents cannot be read: a tensor of a GGUF file with an
 * unknown type or big-endian numbers. Its length is the space it occupies in
 * the file.
 */
export interface UnreadableParameter extends ParameterCommon {
  /** Distinguishes the kinds of entries. */
  readonly storage: "unreadable";
  /** Path of the file. */
  readonly path: string;
  /** Offset of the contents in the file, in bytes. */
  readonly offset: number;
  /** Why they cannot be read. */
  readonly reason: string;
}

/** A parameter of an index. */
export type ParameterEntry =
  | FileParameter
  | SplatParameter
  | UnreadableParameter;

/**
 * Creates the error for contents that cannot be read.
 *
 * @param entry The parameter.
 */
export function unreadable(
  { key, path, reason }: UnreadableParameter,
): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    `parameter '${key}' of '${path}' cannot be read: ${reason}`,
  );
}

/** Metadata of parameters without any. */
export const NO_METADATA: Uint8Array<ArrayBuffer> = new Uint8Array();

/**
 * Whether a splat is valid: archives support the pattern's length, and it
 * divides the length of the contents.
 *
 * @param patternLength Length of the pattern in bytes.
 * @param byteLength Length of the contents in bytes.
 */
export function isSplat(patternLength: number, byteLength: number): boolean {
  return [1, 2, 4, 8, 16].includes(patternLength) &&
    byteLength % patternLength === 0;
}
