import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { denoFlags, mustRun, ROOT } from "../support.ts";

/** The part of `deno doc --json` that has names. */
interface Documentation {
  readonly nodes: Readonly<
    Record<string, { readonly symbols: readonly { readonly name: string }[] }>
  >;
}

const page = await Deno.readTextFile(join(ROOT, "docs/api.md"));

/** The names that an entry exports. */
async function exportedBy(path: string): Promise<string[]> {
  const args = ["doc", "--json", ...denoFlags(), join(ROOT, path)];
  const text = await mustRun(Deno.execPath(), args);
  const { nodes }: Documentation = JSON.parse(text);
  return Object.values(nodes).flatMap(({ symbols }) =>
    symbols.map(({ name }) => name)
  );
}

/** The names that the page has below an entry's heading. */
function listedFor(heading: string): string[] {
  const section = page.split(/^## /m).find((it) =>
    it.startsWith(heading + "\n")
  );
  assert(section !== undefined, `docs/api.md lacks the heading ${heading}`);
  return [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name!);
}

for (const [entry, path] of Object.entries(config.exports)) {
  const specifier = join("@iree/runtime", entry);
  Deno.test(`docs/api.md lists each export of ${specifier} once`, async () => {
    assertEquals(listedFor(specifier).sort(), (await exportedBy(path)).sort());
  });
}

Deno.test("docs/api.md has a section for each entry, and no others", () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, it]) => it!);
  const entries = Object.keys(config.exports).map((it) =>
    join("@iree/runtime", it)
  );
  assertEquals(headings.sort(), entries.sort());
});

Deno.test("docs/api.md describes each export in at most 20 words", () => {
  const rows = [...page.matchAll(/^\| `\w+` +\| (.*?) +\|$/gm)];
  assert(rows.length > 100, `${rows.length} rows`);
  for (const [row, text] of rows) {
    assert(/[^. ]$/.test(text!), row);
    assert(text!.split(" ").length <= 20, row);
  }
});
