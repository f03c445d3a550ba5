/**
 * The platforms that there are libraries for, and what differs between them.
 *
 * @module
 */

/** A platform with prebuilt libraries, as `Deno.build.target` names it. */
export type Triple =
  | "x86_64-unknown-linux-gnu"
  | "aarch64-unknown-linux-gnu"
  | "x86_64-apple-darwin"
  | "aarch64-apple-darwin"
  | "x86_64-pc-windows-msvc";

/** What differs between platforms. */
export interface Platform {
  /** The system. */
  readonly os: typeof Deno.build.os;
  /** The processor. */
  readonly arch: typeof Deno.build.arch;
  /** Path of the runtime library in its SDK. */
  readonly library: string;
  /** How files of native modules end. */
  readonly moduleExtension: ".so" | ".dylib" | ".dll";
  /**
   * What a native module names the runtime library by. The system's loader
   * takes the one that is loaded, when it has that name: so the file may lie
   * anywhere, but on Windows it may not be called otherwise.
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

/** All platforms. Only Linux on x86-64 was run by those who wrote this. */
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
 * The platform of a target.
 *
 * @param target Its name; this process's when left out.
 * @returns The platform, or `undefined` where there are no libraries for it.
 */
export function findPlatform(
  target: string = Deno.build.target,
): Platform | undefined {
  return Object.hasOwn(PLATFORMS, target)
    ? PLATFORMS[target as Triple]
    : undefined;
}
