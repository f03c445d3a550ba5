import { IreeError } from "../base/error.ts";

/** What every parameter of an index has. */
export interface ParameterCommon {
  /** Name within its scope. */
  readonly key: string;
  /** Length of the contents in bytes. */
  readonly byteLength: number;
  /** What the file says of it besides; empty where it says nothing. */
  readonly metadata: Uint8Array<ArrayBuffer>;
}

/** A parameter whose contents are bytes of a file, or of an array. */
export interface FileParameter extends ParameterCommon {
  /** Tells it from the other kinds. */
  readonly storage: "file";
  /** Path of the file; left out for contents that were given as an array. */
  readonly path?: string | undefined;
  /** Where the contents begin in the file, in bytes. */
  readonly offset: number;
}

/** A parameter whose contents are a pattern again and again. */
export interface SplatParameter extends ParameterCommon {
  /** Tells it from the other kinds. */
  readonly storage: "splat";
  /** The pattern: 1, 2, 4, 8 or 16 bytes. */
  readonly pattern: Uint8Array<ArrayBuffer>;
}

/**
 * A parameter whose contents cannot be read: a tensor of a GGUF file whose type
 * is not known, or whose numbers are big-endian. Its length is that of the room
 * it has in the file.
 */
export interface UnreadableParameter extends ParameterCommon {
  /** Tells it from the other kinds. */
  readonly storage: "unreadable";
  /** Path of the file. */
  readonly path: string;
  /** Where the contents begin in the file, in bytes. */
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
 * Makes the error for contents that cannot be read.
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

/** What parameters without metadata have. */
export const NO_METADATA: Uint8Array<ArrayBuffer> = new Uint8Array();

/**
 * Whether a splat can be: its pattern has a length that archives can hold, and
 * fits the contents a whole number of times.
 *
 * @param patternLength Length of the pattern in bytes.
 * @param byteLength Length of the contents in bytes.
 */
export function isSplat(patternLength: number, byteLength: number): boolean {
  return [1, 2, 4, 8, 16].includes(patternLength) &&
    byteLength % patternLength === 0;
}
