/**
 * IREE's own programs for its VM, assembled once and cached by content.
 *
 * @module
 */

import { basename, dirname, join } from "@std/path";
import {
  moduleCompilerArguments,
  mustRun,
  ROOT,
  SDK,
  tool,
} from "../support.ts";

/** The result of {@linkcode vmPrograms}. */
export interface VmPrograms {
  /** Paths of the programs by module name. */
  readonly programs: ReadonlyMap<string, string>;
  /** Path of the native module `yieldable_test`, which one program imports. */
  readonly yieldable: string;
  /** Path of `fixtures/yields.vmasm`, a program of this repository. */
  readonly yields: string;
  /** Path of `fixtures/indirect_globals.vmasm`. */
  readonly indirectGlobals: string;
}

/** The programs of this repository. */
const OWN = ["yields", "indirect_globals"];

/** Assembles all programs, unless they are cached. */
export async function vmPrograms(): Promise<VmPrograms> {
  const runtime = join(await ireeSource(), "runtime/src");
  const tests = join(runtime, "iree/vm/test");
  const names = Array.from(Deno.readDirSync(tests), ({ name }) => name)
    .filter((name) => name.endsWith(".vmasm"))
    .map((name) => basename(name, ".vmasm"))
    .sort();
  const sources = names.map((name) => join(tests, `${name}.vmasm`));
  for (const name of OWN) {
    sources.push(join(ROOT, `tests/fixtures/${name}.vmasm`));
  }
  const module = join(ROOT, "native/fixtures/yieldable_module.cc");
  const header = join(runtime, "iree/vm/testing/yieldable_test_module.h");

  const inputs = [module, header, ...sources];
  const folder = await cachedFolder(inputs, async (target) => {
    for (const source of sources) {
      const output = join(target, `${basename(source, ".vmasm")}.vmfb`);
      await mustRun(tool("iree-as-module"), [`--output=${output}`, source]);
    }
    const library = join(target, "yieldable_module.so");
    const args = await moduleCompilerArguments(module, library);
    await mustRun("c++", ["-iquote", runtime, ...args]);
  });
  return {
    programs: new Map(
      names.map((name) => [name, join(folder, `${name}.vmfb`)]),
    ),
    yieldable: join(folder, "yieldable_module.so"),
    yields: join(folder, "yields.vmfb"),
    indirectGlobals: join(folder, "indirect_globals.vmfb"),
  };
}

/** Folder of IREE's sources: a local checkout, or the pinned crate's. */
export async function ireeSource(): Promise<string> {
  const own = Deno.env.get("IREE_SOURCE_DIR");
  if (own) return own;
  const output = await mustRun("cargo", [
    ..."metadata --locked --offline --format-version 1".split(" "),
    `--manifest-path=${join(ROOT, "native/Cargo.toml")}`,
  ]);
  const { packages } = JSON.parse(output) as {
    packages: { name: string; manifest_path: string }[];
  };
  const crate = packages.find(({ name }) => name === "eerie-sys");
  if (crate === undefined) throw new Error("native/Cargo.toml has no IREE");
  return join(dirname(crate.manifest_path), "iree");
}

/** Folder of the files' outputs, which is either complete or absent. */
async function cachedFolder(
  inputs: string[],
  make: (target: string) => Promise<void>,
): Promise<string> {
  const texts = [SDK, ...inputs.map((path) => Deno.readTextFileSync(path))];
  const bytes = new TextEncoder().encode(texts.join("\0"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const key = new Uint8Array(digest).toHex().slice(0, 20);
  const cache = join(Deno.env.get("IREE_DENO_CACHE")!, "fixtures");
  const folder = join(cache, key);
  if (isFolder(folder)) return folder;
  await Deno.mkdir(cache, { recursive: true });
  const partial = await Deno.makeTempDir({ dir: cache });
  await make(partial);
  // Another process may have been faster.
  if (!isFolder(folder)) await Deno.rename(partial, folder);
  return folder;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
