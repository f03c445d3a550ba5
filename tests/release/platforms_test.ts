import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { PLATFORMS, type Triple } from "../../ffi/library/platform.ts";
import release from "../../lib/cli/setup/release.json" with { type: "json" };
import { CROSS_TARGETS } from "../../release/cross/targets.ts";
import { ROOT } from "../support.ts";

const page = await Deno.readTextFile(join(ROOT, "docs/installing.md"));

/** The rows of the page's table of platforms. */
const rows = [...page.matchAll(/^\| `([\w-]+)` +\| ([^|]*?) +\| (.*?) +\|$/gm)]
  .map(([, triple, system, state]) => ({ triple, system, state }));

Deno.test("The page of installing has a row for each platform, with its least system", () => {
  const systems = { Linux: "glibc ", Darwin: "macOS ", Windows: "" };
  assertEquals(
    rows.map(({ triple, system }) => [triple, system]),
    Object.keys(PLATFORMS).map((triple) => {
      const { system, least = "" } = CROSS_TARGETS[triple as Triple];
      return [triple, systems[system] + least];
    }),
  );
});

Deno.test("The page of installing says which platforms were only built", () => {
  for (const { triple, state } of rows) {
    const [isTested, isBuilt] = [/\btests\b/, /^built only$/]
      .map((pattern) => pattern.test(state));
    assertEquals(isTested !== isBuilt, true, `${triple}: ${state}`);
  }
});

Deno.test("The manifest has archives only for platforms of the page", () => {
  const known = rows.map(({ triple }) => triple);
  for (const triple of Object.keys(release.archives)) {
    assertEquals(known.includes(triple), true, triple);
  }
});
