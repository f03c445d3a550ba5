/**
 * Wide tiles: a flag of this package, not of IREE. IREE computes a convolution in
 * tiles of at most 8 pixels and 16 channels, or 4 or 5 pixels where 8 does not
 * divide their number. The sums of such a tile fill few of the CPU's registers,
 * so that each addition waits for the one before. With the flag, tiles are as
 * large as the registers permit.
 *
 * @module
 */

/** The flag. */
export const WIDE_TILES = "--iree-deno-wide-tiles";

/** The last phase before tiles are used; the MLIR after it has their sizes. */
export const CONFIGURED_PHASE = "executable-configurations";

/** The most pixels of a tile; more made no convolution faster. */
const MOST_PIXELS = 16;

/** Sizes of a convolution: work of a thread, a tile, and steps of sums. */
const CONVOLUTION = new RegExp(
  String.raw`(distribution = \[0, \d+, (\d+), (\d+), 0, 0, 0\], )` +
    String.raw`vector_common_parallel = \[1, 1, (\d+), (\d+), 0, 0, 0\]`,
);

/**
 * Widens the tiles of convolutions with channels last.
 *
 * @param configured The MLIR after the phase `executable-configurations`.
 * @returns The MLIR with other sizes; `undefined` if all tiles are as wide as
 * they can be.
 */
export function widenTiles(
  configured: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const mlir = new TextDecoder().decode(configured);
  const bytes = Number(/native_vector_size = (\d+)/.exec(mlir)?.[1]);
  const wide = mlir.split(/^(?= *func\.func )/m)
    .map((one) => widenFunction(one, bytes / Float32Array.BYTES_PER_ELEMENT))
    .join("");
  return wide === mlir ? undefined : new TextEncoder().encode(wide);
}

function widenFunction(mlir: string, lanes: number): string {
  const found = CONVOLUTION.exec(mlir);
  if (found === null || Number.isNaN(lanes)) return mlir;
  const [all, before] = found;
  const [columns, outputs, pixels, channels] = found.slice(2).map(Number);
  const isDoubled = channels === lanes && outputs! % (2 * lanes) === 0;
  const [width, vectors] = isDoubled ? [2 * lanes, 2] : [channels!, 1];
  const most = Math.min(MOST_PIXELS, Math.floor(sumsOf(lanes) / vectors));
  const wide = largestDivisor(columns!, most);
  if (wide * width <= pixels! * channels!) return mlir;
  const tile = `${wide}, ${width}`;
  return mlir
    .replace(
      all,
      `${before}vector_common_parallel = [1, 1, ${tile}, 0, 0, 0]`,
    )
    // What follows on the sums, such as Relu, has the same tiles.
    .replaceAll(
      `<vector_common_parallel = [1, 1, ${pixels}, ${channels}]>`,
      `<vector_common_parallel = [1, 1, ${tile}]>`,
    );
}

/** Registers for sums: three quarters of AVX-512's 32, or of 16. */
function sumsOf(lanes: number): number {
  return lanes >= 16 ? 24 : 12;
}

function largestDivisor(size: number, most: number): number {
  let divisor = most;
  while (size % divisor !== 0) divisor--;
  return divisor;
}
