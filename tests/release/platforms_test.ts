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

Deno.test("The page of installing says where tests passed, and what was not built", () => {
  for (const { triple, state } of rows) {
    const isTested = /\btests pass\b/.test(state);
    const isUntested = /^(?:built only|not built yet)$/.test(state);
    assertEquals(isTested !== isUntested, true, `${triple}: ${state}`);
  }
});

Deno.test("The manifest has archives only for platforms that were built", () => {
  const known = rows.filter(({ state }) => !/\bnot built\b/.test(state))
    .map(({ triple }) => triple);
  for (const triple of Object.keys(release.archives)) {
    assertEquals(known.includes(triple), true, triple);
  }
});
