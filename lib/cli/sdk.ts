import { join } from "@std/path";
import { IreeError, runtime } from "../../mod.ts";
import type { Command } from "./common/command.ts";
import { formatFlags, parseFlags } from "./common/flags.ts";
import { printHelp } from "./common/terminal.ts";

const FLAGS = {
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Prints the folder of the SDK for native modules.

Usage: iree sdk

The SDK contains the headers, the library, a pkg-config file (lib/pkgconfig) and
a CMake package. It is the SDK around the library that programs use, or else the
one that \`iree setup\` installed.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 if an SDK was found, 1 if not, 2 for wrong usage.

Example:
  cmake -B build -DCMAKE_PREFIX_PATH="$(iree sdk)"
`;

/** `iree sdk`. */
export const SDK: Command = {
  summary: "prints the folder of the SDK for native modules",
  flags: FLAGS,
  run: (args) => {
    if (parseFlags(FLAGS, args).help) return printHelp(HELP);
    console.log(findSdk());
  },
};

/** Finds the SDK's folder; throws if there is none. */
export function findSdk(): string {
  const prefix = prefixOfLibrary();
  if (prefix !== undefined && isSdk(prefix)) return prefix;
  const installed = runtime.installationFolder();
  if (isSdk(installed)) return installed;
  throw new IreeError("NOT_FOUND", "no SDK for native modules is installed", {
    hint: `\`deno run -A ${runtime.cli} setup\` installs one`,
  });
}

/** The SDK's folder around the runtime library, if it is in one. */
function prefixOfLibrary(): string | undefined {
  const path = runtime.findLibrary().at(-1)?.path;
  const library = runtime.platform?.library;
  if (path === undefined || library === undefined) return undefined;
  const end = join("/", library);
  return path.endsWith(end) ? path.slice(0, -end.length) : undefined;
}

function isSdk(folder: string): boolean {
  try {
    return Deno.statSync(join(folder, "include/iree/vm/api.h")).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
