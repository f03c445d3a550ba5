import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import { ARM64_TESTS } from "./arm64_exclusions.ts";
import { isOfQuarter, QUARTER } from "./quarter.ts";
import { EXCLUDED, type PlatformName, selectTests } from "./selection.ts";
import { WINDOWS_TESTS } from "./windows_exclusions.ts";

const NAMES = Object.keys(EXCLUDED) as PlatformName[];

Deno.test("Other platforms run most tests, and none that is excluded", () => {
  for (const name of NAMES) {
    const selected = selectTests(ROOT, name);
    assert(selected.length > 100, `${selected.length} files`);
    const excluded = Object.keys(EXCLUDED[name]);
    const wrong = selected.filter((path) =>
      excluded.some((it) => path.startsWith(it))
    );
    assertEquals(wrong, []);
  }
});

Deno.test("Every excluded test of other platforms exists and has a reason", () => {
  const entries = NAMES.flatMap((name) => Object.entries(EXCLUDED[name]));
  for (const [path, reason] of entries) {
    assert(reason.length > 0, path);
    const folder = path.endsWith("/") ? path : path.replace(/[^/]*$/, "");
    const names = Array.from(
      Deno.readDirSync(`${ROOT}/${folder}`),
      ({ name }) => `${folder}${name}`,
    );
    assert(
      names.some((name) => name.startsWith(path)) || path === folder,
      path,
    );
  }
});

Deno.test("A quarter of the tests is selected by files that exist and can run", () => {
  for (const name of ["linux-arm64", "glibc-2.31"] as const) {
    const all = selectTests(ROOT, name);
    const part = all.filter(isOfQuarter).length / all.length;
    assert(part > 0.2 && part < 0.3, `${name}: ${part}`);
    const missing = QUARTER.filter((start) =>
      !all.some((path) => path.startsWith(start))
    );
    assertEquals(missing, [], name);
  }
});

Deno.test("Every test that is excluded by its title exists and has a reason", async () => {
  const lists = { windows: WINDOWS_TESTS, "linux-arm64": ARM64_TESTS };
  for (const name of ["windows", "linux-arm64"] as const) {
    const texts = await Promise.all(
      selectTests(ROOT, name).map((path) =>
        Deno.readTextFile(`${ROOT}/${path}`)
      ),
    );
    for (const [title, reason] of Object.entries(lists[name])) {
      assert(reason.length > 0, title);
      const parts = title.split("*")
        .map((part) => JSON.stringify(part).slice(1, -1));
      assert(
        texts.some((text) => parts.every((part) => text.includes(part))),
        title,
      );
    }
  }
});
