import { IreeError } from "../base/error.ts";
import { COMPILER } from "../vm/program_version.ts";
import { installLine } from "./find_compiler.ts";

/** Version of IREE that this package runs, such as `3.13`. */
const RUNTIME_VERSION = minorVersion(COMPILER.replace(/^.*==/, ""));

/**
 * Throws FAILED_PRECONDITION if a compiler makes programs for another version of
 * the runtime.
 *
 * @param path The compiler's library.
 * @param revision The compiler's build, such as `3.13.0 @ 89ece87`; empty for a
 * development build, which is accepted.
 */
export function checkRevision(path: string, revision: string): void {
  const version = minorVersion(revision);
  if (version === undefined || version === RUNTIME_VERSION) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `the compiler '${path}' is IREE ${
      revision.replace(/ @.*/, "")
    }, but this ` +
      `package runs programs of IREE ${RUNTIME_VERSION}`,
    { hint: `install it: ${installLine()}` },
  );
}

function minorVersion(version: string): string | undefined {
  return /^\d+\.\d+/.exec(version)?.[0];
}
