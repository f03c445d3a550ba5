import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import { groupTests } from "./groups.ts";

Deno.test("Every test file is in one group, and the longest start alone", () => {
  const groups = groupTests(ROOT);
  const files = groups.flat();
  assertEquals(files.length, new Set(files).size);
  assertEquals(files.toSorted(), allTestFiles());
  assertEquals(groups[0], ["tests/docs_test.ts"]);
  for (const group of groups) assert(group.length <= 12, group.join(" "));
});

/** What Deno would find by itself, as Git lists it. */
function allTestFiles(): string[] {
  const { stdout } = new Deno.Command("git", {
    args: ["ls-files", "-co", "--exclude-standard", "tests/*_test.ts"],
    cwd: ROOT,
  }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n").sort();
}
