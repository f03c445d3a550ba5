/**
 * Platforms with prebuilt libraries, and their differences.
 *
 * @module
 */

/** A platform with prebuilt libraries, named as in `Deno.build.target`. */
export type Triple =
  | "x86_64-unknown-linux-gnu"
  | "aarch64-unknown-linux-gnu"
  | "x86_64-apple-darwin"
  | "aarch64-apple-darwin"
  | "x86_64-pc-windows-msvc";

/** Properties of a platform. */
export interface Platform {
  /** Operating system. */
  readonly os: typeof Deno.build.os;
  /** CPU architecture. */
  readonly arch: typeof Deno.build.arch;
  /** Path of the runtime library in its SDK. */
  readonly library: string;
  /** File extension of native modules. */
  readonly moduleExtension: ".so" | ".dylib" | ".dll";
  /**
   * How native modules refer to the runtime library. The system's loader reuses
   * a loaded library with that name. So the file can be anywhere, but on
   * Windows it must keep its name.
   */
  readonly linkedBy: "soname" | "install name" | "file name";
}

const LINUX = {
  os: "linux",
  library: "lib/libiree_runtime.so",
  moduleExtension: ".so",
  linkedBy: "soname",
} as const;

const DARWIN = {
  os: "darwin",
  library: "lib/libiree_runtime.dylib",
  moduleExtension: ".dylib",
  linkedBy: "install name",
} as const;

/** All platforms. Only Linux on x86-64 is tested. */
export const PLATFORMS: Readonly<Record<Triple, Platform>> = {
  "x86_64-unknown-linux-gnu": { ...LINUX, arch: "x86_64" },
  "aarch64-unknown-linux-gnu": { ...LINUX, arch: "aarch64" },
  "x86_64-apple-darwin": { ...DARWIN, arch: "x86_64" },
  "aarch64-apple-darwin": { ...DARWIN, arch: "aarch64" },
  "x86_64-pc-windows-msvc": {
    os: "windows",
    arch: "x86_64",
    library: "bin/iree_runtime.dll",
    moduleExtension: ".dll",
    linkedBy: "file name",
  },
};

/**
 * Returns the platform of a target.
 *
 * @param target Its name; this process's if omitted.
 * @returns The platform, or `undefined` if it has no libraries.
 */
export function findPlatform(
  target: string = Deno.build.target,
): Platform | undefined {
  return Object.hasOwn(PLATFORMS, target)
    ? PLATFORMS[target as Triple]
    : undefined;
}
