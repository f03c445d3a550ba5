import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import { groupTests } from "./groups.ts";

Deno.test("Every test file is in one group, and the longest start alone", () => {
  const groups = groupTests(ROOT, false);
  const files = groups.flat();
  assertEquals(files.length, new Set(files).size);
  assertEquals(files.toSorted(), allTestFiles());
  assertEquals(groups[0], ["tests/docs_test.ts"]);
  for (const group of groups) assert(group.length <= 12, group.join(" "));
});

Deno.test("Tests of packages, types and measurements are left out of sanitized runs", () => {
  const all = groupTests(ROOT, false).flat();
  const sanitized = groupTests(ROOT, true).flat();
  const left = all.filter((path) => !sanitized.includes(path));
  assert(left.includes("tests/boundary_test.ts"));
  assert(left.includes("tests/inspect/typescript_test.ts"));
  for (const path of left) {
    assert(!/^tests[/](call|hal|vm|host|ownership)[/]/.test(path), path);
  }
});

/** What Deno would find by itself, as Git lists it. */
function allTestFiles(): string[] {
  const { stdout } = new Deno.Command("git", {
    args: ["ls-files", "-co", "--exclude-standard", "tests/*_test.ts"],
    cwd: ROOT,
  }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n").sort();
}
