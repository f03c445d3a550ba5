import { dirname, fromFileUrl, join } from "@std/path";
import { IreeError, runtime } from "../../../mod.ts";
import { InterruptionWatch } from "../common/interruption.ts";
import type { Command } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { checkInputFile } from "../common/input_file.ts";
import { Progress } from "../common/progress.ts";
import { printHelp } from "../common/terminal.ts";
import { download, shown } from "./download.ts";
import { findSource, type Release } from "./source.ts";
import {
  install,
  type Installation,
  isInstalled,
  removeLeftovers,
} from "./install.ts";
import release from "./release.json" with { type: "json" };

const RELEASE: Release = release;

const FLAGS = {
  from: {
    kind: "text",
    value: "FILE",
    help: [
      "An archive to use instead of the release: a path or an http(s) URL.",
    ],
  },
  sha256: {
    kind: "text",
    value: "HEX",
    help: [
      "The expected SHA-256 of the --from archive. Optional for a release",
      "archive under its original name.",
    ],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP =
  `Installs the runtime library for this platform into the user's cache.

Usage: iree setup [--from=FILE] [--sha256=HEX]

The SDK is installed with it: headers, a CMake package and a pkg-config file for
building native modules. The archive's hash is checked before anything is
unpacked. Interrupted downloads resume, and existing installations stay as they
are. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are supported. With a file path,
nothing is downloaded.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Example:
  iree setup --from=iree-runtime-${RELEASE.version}-${Deno.build.target}.tar.gz --sha256=HEX
`;

/** `iree setup`. */
export const SETUP: Command = {
  summary: "installs the runtime library for this platform",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) return printHelp(HELP);
  const { platform, packageVersion: version } = runtime;
  const target = Deno.build.target;
  if (platform === undefined) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `no prebuilt library for ${target}`,
      { hint: "build one in a checkout with `./dev setup`" },
    );
  }
  const { from, sha256, size } = findSource(
    RELEASE,
    target,
    flags.from,
    flags.sha256,
  );
  const folder = runtime.installationFolder();
  const { library } = platform;
  const installation = { folder, version, target, library, sha256 };
  await Deno.mkdir(dirname(folder), { recursive: true });
  // One at a time: a second process finds the first one's installation.
  using lock = await Deno.open(join(dirname(folder), "lock"), {
    write: true,
    create: true,
  });
  await lock.lock(true);
  await removeLeftovers(installation);
  if (await isInstalled(installation)) {
    console.log(`${describe(installation)} is already installed`);
    return;
  }
  const archive = await fetchArchive(from, sha256, size, folder);
  using watch = new InterruptionWatch();
  await install(archive, installation, { signal: watch.signal });
  console.log(`${describe(installation)} is installed`);
}

function describe({ version, target, folder }: Installation): string {
  return `the runtime library ${version} for ${target} in ${folder}`;
}

async function fetchArchive(
  url: URL,
  sha256: string,
  size: number | undefined,
  folder: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") return await readArchiveFile(fromFileUrl(url));
  using progress = new Progress(`downloading ${shown(url)}`);
  return await download({
    url,
    sha256,
    size,
    folder: dirname(folder),
    progress: (received, total) => progress.show(received, total),
  });
}

async function readArchiveFile(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  checkInputFile(path);
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new IreeError(
      "NOT_FOUND",
      `cannot read the archive: ${reason}`,
      { cause: error },
    );
  }
}
