import { IreeError } from "../base/error.ts";
import { WIDE_CHANNELS } from "./wide_channels.ts";
import { WIDE_TILES } from "./wide_tiles.ts";

/** Flags of this package, which the compiler does not know. */
const OWN_FLAGS: readonly string[] = [WIDE_CHANNELS, WIDE_TILES];

/** The most bytes of a source: both flags read and write MLIR as text. */
const LARGEST_SOURCE = 64 * 1024 * 1024;

/**
 * Separates flags of this package from those of the compiler.
 *
 * @param flags All flags.
 */
export function splitFlags(
  flags: readonly string[],
): { own: readonly string[]; flags: readonly string[] } {
  return {
    own: OWN_FLAGS.filter((flag) => flags.includes(flag)),
    flags: flags.filter((flag) => !OWN_FLAGS.includes(flag)),
  };
}

/**
 * Rejects flags of this package for a source that is too large for them.
 *
 * @param flags All flags.
 * @param source The source.
 * @param name Its name, for the error.
 */
export function demandWidable(
  flags: readonly string[],
  source: Uint8Array,
  name: string,
): void {
  const { own } = splitFlags(flags);
  if (source.length <= LARGEST_SOURCE || own.length === 0) return;
  throw new IreeError(
    "UNIMPLEMENTED",
    `${own[0]} is for sources of up to ${LARGEST_SOURCE} bytes, and ` +
      `'${name}' has ${source.length}`,
    { hint: "compile without the flag, or keep weights in a parameter file" },
  );
}
