import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import release from "../../lib/cli/setup/release.json" with { type: "json" };
import { runtime } from "../../mod.ts";
import { composeManifest } from "../../release/manifest.ts";
import { TemporaryFolder, test } from "../support.ts";

test("The package, its manifest and its library have one version", () => {
  assertEquals(release.version, config.version);
  assertEquals(runtime.packageVersion, config.version);
  assertEquals(runtime.version().library, config.version);
});

test("A release's manifest has the entries of all archives", async () => {
  using folder = new TemporaryFolder();
  const entries = {
    "x86_64-unknown-linux-gnu": { name: "b.tar.gz", sha256: "22", size: 2 },
    "aarch64-apple-darwin": { name: "a.tar.gz", sha256: "11", size: 1 },
  };
  for (const [target, entry] of Object.entries(entries)) {
    const path = folder.join(`${entry.name}.json`);
    await Deno.writeTextFile(path, JSON.stringify({ [target]: entry }));
    await Deno.writeTextFile(folder.join(entry.name), "");
  }
  assertEquals(JSON.parse(await composeManifest(folder.path)), {
    version: config.version,
    base: release.base,
    archives: entries,
  });
});
