/**
 * Checks a library that was built for another platform: what it exports, what
 * it takes from the system, and how old that system may be.
 *
 * @module
 */

import type { Triple } from "../../ffi/library/platform.ts";
import { CROSS_TARGETS } from "./targets.ts";
import { fromFileUrl } from "@std/path";

/** Facts of a library, which `facts.py` reads. */
export interface LibraryFacts {
  /** The file's format. */
  readonly format: "elf" | "pe" | "mach-o";
  /** The CPU architecture, in the format's words. */
  readonly arch: string;
  /** Names of what it exports. */
  readonly exports: readonly string[];
  /** Names of what the system supplies. */
  readonly imports: readonly string[];
  /** The system's libraries that it is linked with. */
  readonly libraries: readonly string[];
  /** Versions of glibc's symbols, or the least version of macOS. */
  readonly versions: readonly string[];
  /**
   * What its code takes from zig's libraries. Only read on Windows, where these
   * libraries come before the system's.
   */
  readonly fromZig?: readonly string[];
  /** Size in bytes. */
  readonly size: number;
}

/** What a library of a system may look like. */
interface Rules {
  readonly format: LibraryFacts["format"];
  readonly libraries: RegExp;
  /**
   * Whether it exports only the header's functions and IREE's API. Zig's
   * linkers for macOS and Windows cannot leave out other functions.
   */
  readonly isExact: boolean;
  /** What it must take from the system: zig's own is slower or less exact. */
  readonly imports: readonly string[];
}

/**
 * What the system's C library on Windows does not export: the compiler's own
 * functions, short functions of its headers, and other names of its functions.
 */
const NOT_EXPORTED: ReadonlySet<string> = new Set([
  ...["RtlSecureZeroMemory", "___chkstk_ms", "_tls_index"],
  ...["__fpclassify", "__fpclassifyf", "__isnan", "__isnanf"],
  ...["frexpf", "ldexpf", "fprintf", "snprintf"],
  ...["fdopen", "fileno", "fstat64i32", "stat64i32"],
]);

const RULES: Readonly<Record<"Linux" | "Darwin" | "Windows", Rules>> = {
  Linux: {
    format: "elf",
    libraries: /^(?:lib(?:c|dl|m|pthread|rt)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/,
    isExact: true,
    imports: ["exp", "memcpy", "memset", "sin"],
  },
  Darwin: {
    format: "mach-o",
    libraries: /^\/usr\/lib\/libSystem\.B\.dylib$/,
    isExact: false,
    imports: ["exp", "memcpy", "memset", "sin"],
  },
  Windows: {
    format: "pe",
    libraries:
      /^(?:kernel32|ntdll|ucrtbase|bcrypt|ws2_32|advapi32|api-ms-win-[\w-]+)\.dll$/,
    isExact: false,
    imports: ["exp", "memcpy", "memset", "sin"],
  },
};

const ARCHES: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["x86_64", "amd64"],
  aarch64: ["aarch64", "arm64"],
  arm64: ["aarch64", "arm64"],
};

/** Bytes that an unstripped library or a second C library would exceed. */
const MOST_BYTES = 5_000_000;

/** A library to check. */
export interface BuiltLibrary {
  /** Its path. */
  readonly path: string;
  /** The folder with the object files that it was linked from. */
  readonly build: string;
}

/**
 * Reads the facts of a library.
 *
 * @param python A Python with LIEF.
 * @param library The library.
 */
export async function readFacts(
  python: string,
  { path, build }: BuiltLibrary,
): Promise<LibraryFacts> {
  const script = fromFileUrl(new URL("facts.py", import.meta.url));
  const { success, stdout } = await new Deno.Command(python, {
    args: [script, path, build],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`cannot read '${path}'`);
  const { size } = await Deno.stat(path);
  return { ...JSON.parse(new TextDecoder().decode(stdout)), size };
}

/**
 * Lists the functions that a header declares for export.
 *
 * @param header The text of `iree_ffi.h`.
 */
export function declaredFunctions(header: string): string[] {
  return [...header.matchAll(/^IREE_API_EXPORT[^;]*?\b(iree_ffi_\w+)\(/gm)]
    .map(([, name]) => name).sort();
}

/**
 * Checks a library.
 *
 * @param triple Its platform.
 * @param facts Its facts.
 * @param declared The functions of `iree_ffi.h`.
 * @returns What is wrong; empty if nothing is.
 */
export function checkLibrary(
  triple: Triple,
  facts: LibraryFacts,
  declared: readonly string[],
): string[] {
  const { system, processor, least } = CROSS_TARGETS[triple];
  const rules = RULES[system];
  const problems: string[] = [];
  if (
    facts.format !== rules.format || !ARCHES[processor].includes(facts.arch)
  ) {
    problems.push(
      `it must be ${rules.format} for ${processor}, got ${facts.format} for ` +
        facts.arch,
    );
  }
  const own = facts.exports.filter((name) => name.startsWith("iree_ffi_"));
  const others = facts.exports.filter((name) => !name.startsWith("iree_"));
  problems.push(
    ...missing(declared, own).map((name) => `it does not export ${name}`),
    ...(rules.isExact ? missing(own, declared) : [])
      .map((name) => `it exports ${name}, which the header does not declare`),
    ...(rules.isExact ? others : [])
      .map((name) => `it exports ${name}, which is not part of any API`),
    ...missing(rules.imports, facts.imports)
      .concat(facts.fromZig?.filter((name) => !NOT_EXPORTED.has(name)) ?? [])
      .map((name) => `it has a ${name} of its own`),
    ...facts.libraries.filter((name) => !rules.libraries.test(name))
      .map((name) => `it needs ${name}, which is not part of the system`),
    ...facts.versions.filter((version) => isNewer(version, least))
      .map((version) => `it needs ${version}, newer than ${least}`),
  );
  if (facts.size > MOST_BYTES) {
    problems.push(
      `it must have at most ${MOST_BYTES} bytes, got ${facts.size}`,
    );
  }
  return problems;
}

function missing(
  wanted: readonly string[],
  found: readonly string[],
): string[] {
  const known = new Set(found);
  return wanted.filter((name) => !known.has(name));
}

/** Whether a version, as `GLIBC_2.34` or `13.0.0`, is newer than another. */
function isNewer(version: string, least: string | undefined): boolean {
  if (least === undefined) return false;
  const parts = (text: string) => text.split(".").map(Number);
  const [found, wanted] = [parts(version.replace(/^GLIBC_/, "")), parts(least)];
  for (const [index, part] of found.entries()) {
    const difference = part - (wanted[index] ?? 0);
    if (difference !== 0 || Number.isNaN(part)) return !(difference <= 0);
  }
  return false;
}
