import { WIDE_CHANNELS } from "../compiler/wide_channels.ts";
import { WIDE_TILES } from "../compiler/wide_tiles.ts";

/** Flags of `iree compile` that make some programs faster. */
export interface Recipe {
  /** A short name. */
  readonly name: string;
  /** The flags. */
  readonly flags: readonly string[];
  /** Why it is worth trying. */
  readonly reason: string;
}

const TO_CHANNELS_LAST = "iree-preprocessing-convert-conv-to-channels-last";

/** Convolutions with channels last, so that vectors run over channels. */
const CHANNELS_LAST = preprocessing(TO_CHANNELS_LAST);

/**
 * The same for pooling too, which otherwise reads channels last and writes them
 * first, without vectors. Only operations in their general form pass the layout
 * on, and code generation needs the special forms again. Some networks are slower
 * so, or do not compile.
 */
const POOLS_CHANNELS_LAST = preprocessing(
  "linalg-generalize-named-ops",
  TO_CHANNELS_LAST,
  "linalg-specialize-generic-ops",
);

/** Convolutions as matrix products of unrolled windows. */
const IM2COL = "--iree-global-opt-use-im2col-for-convs";

/** Full vectors, and a scalar loop for the rest, instead of masks. */
export const PEEL = "--iree-llvmcpu-vector-pproc-strategy=peel";

/** LLVM's own loop passes, which pay off only together. */
export const LOOPS: readonly string[] = [
  "--iree-llvmcpu-loop-unrolling",
  "--iree-llvmcpu-loop-vectorization",
  "--iree-llvmcpu-slp-vectorization",
];

/** Matrices in tiles that fit the CPU's registers and caches. */
const DATA_TILING = "--iree-opt-data-tiling";

/** Kernels of IREE's own for matrices in tiles. */
const MICROKERNELS = "--iree-llvmcpu-enable-ukernels=all";

/** Work that fills vectors and registers; for channels last only. */
const WIDE: readonly string[] = [WIDE_CHANNELS, WIDE_TILES];

/** All general optimizations. */
const O3 = "--iree-opt-level=O3";

/** The recipe whose results the others must reproduce. */
export const DEFAULT_RECIPE: Recipe = {
  name: "default",
  flags: [],
  reason: "IREE's defaults; the others must compute the same",
};

/**
 * The recipes, those that help most programs first. Flags interact, so that
 * trying them one by one misses the best combinations.
 */
export const RECIPES: readonly Recipe[] = [
  DEFAULT_RECIPE,
  {
    name: "peel-loops",
    flags: [PEEL, ...LOOPS],
    reason: "best for transformers; helps nearly every program",
  },
  {
    name: "im2col-peel-loops",
    flags: [IM2COL, PEEL, ...LOOPS],
    reason: "best for 1-D and depthwise convolutions",
  },
  {
    name: "channels-last-loops",
    flags: [CHANNELS_LAST, ...LOOPS],
    reason: "best for most networks of 2-D convolutions",
  },
  {
    name: "channels-last-loops-wide",
    flags: [CHANNELS_LAST, ...LOOPS, ...WIDE],
    reason: "best for most networks of larger 2-D convolutions",
  },
  {
    name: "channels-last-peel-loops",
    flags: [CHANNELS_LAST, PEEL, ...LOOPS],
    reason: "the same where shapes are not multiples of a vector",
  },
  {
    name: "im2col-tiling-microkernels",
    flags: [IM2COL, DATA_TILING, MICROKERNELS],
    reason: "best for large matrix products, where the rest is small",
  },
  {
    name: "im2col-peel-loops-tiling",
    flags: [IM2COL, PEEL, ...LOOPS, DATA_TILING],
    reason: "best for large matrix products; compiles for a minute or two",
  },
  {
    name: "channels-last-loops-o3-tiling",
    flags: [CHANNELS_LAST, ...LOOPS, O3, DATA_TILING],
    reason: "a few percent faster for some convolutional networks",
  },
  {
    name: "all",
    flags: [CHANNELS_LAST, IM2COL, PEEL, ...LOOPS, DATA_TILING, O3],
    reason: "best for small recurrent networks with convolutions",
  },
  {
    name: "channels-last-pools-loops-wide",
    flags: [POOLS_CHANNELS_LAST, ...LOOPS, ...WIDE],
    reason: "best for small networks of 2-D convolutions with pooling",
  },
];

/** The flag that runs passes before all others. */
function preprocessing(...passes: readonly string[]): string {
  return "--iree-preprocessing-pass-pipeline=builtin.module(util.func(" +
    `${passes.join(",")}))`;
}
