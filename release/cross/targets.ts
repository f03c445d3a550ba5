/**
 * The platforms that `./dev package --target` builds for, in the words of zig
 * and CMake.
 *
 * @module
 */

import type { Triple } from "../../ffi/library/platform.ts";

/** How to build for a platform. */
export interface CrossTarget {
  /** Zig's name, with the least version of glibc or macOS. */
  readonly zig: string;
  /** CMake's name of the operating system. */
  readonly system: "Linux" | "Darwin" | "Windows";
  /** CMake's name of the CPU architecture. */
  readonly processor: "x86_64" | "aarch64" | "arm64";
  /** The least version of glibc or macOS that the library runs on. */
  readonly least?: string;
  /** Options for `native/CMakeLists.txt`. */
  readonly options: readonly string[];
}

// Probing for each of them takes zig minutes, and it supports all.
const X86_64 = ["AVX2_FMA", "AVX512_BASE", "AVX512_VNNI", "AVX512_BF16"]
  .map((name) => `-DIREE_UK_BUILD_X86_64_${name}=1`);
const ARM_64 = ["FULLFP16", "FP16FML", "BF16", "DOTPROD", "I8MM"]
  .map((name) => `-DIREE_UK_BUILD_ARM_64_${name}=1`);

const GLIBC = "2.28";
const MACOS = "13.0";

// Zig's linker for macOS and Windows has no link-time optimisation.
const WITHOUT_LTO = "-DIREE_FFI_LTO=OFF";

/** All platforms; the order is that of `--all`. */
export const CROSS_TARGETS: Readonly<Record<Triple, CrossTarget>> = {
  "x86_64-unknown-linux-gnu": {
    zig: `x86_64-linux-gnu.${GLIBC}`,
    system: "Linux",
    processor: "x86_64",
    least: GLIBC,
    options: X86_64,
  },
  "aarch64-unknown-linux-gnu": {
    zig: `aarch64-linux-gnu.${GLIBC}`,
    system: "Linux",
    processor: "aarch64",
    least: GLIBC,
    options: ARM_64,
  },
  "x86_64-apple-darwin": {
    zig: `x86_64-macos.${MACOS}`,
    system: "Darwin",
    processor: "x86_64",
    least: MACOS,
    options: [...X86_64, WITHOUT_LTO, "-DIREE_FFI_METAL=OFF"],
  },
  "aarch64-apple-darwin": {
    zig: `aarch64-macos.${MACOS}`,
    system: "Darwin",
    processor: "arm64",
    least: MACOS,
    options: [...ARM_64, WITHOUT_LTO, "-DIREE_FFI_METAL=OFF"],
  },
  "x86_64-pc-windows-msvc": {
    zig: "x86_64-windows-gnu",
    system: "Windows",
    processor: "x86_64",
    options: [...X86_64, WITHOUT_LTO],
  },
};
