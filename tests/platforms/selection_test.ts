import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import {
  EXCLUDED,
  type PlatformName,
  quarterOf,
  selectTests,
} from "./selection.ts";
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

Deno.test("A quarter of the tests has files of most folders", () => {
  const all = selectTests(ROOT, "linux-arm64");
  const quarter = quarterOf(all);
  assertEquals(quarter.length, Math.ceil(all.length / 4));
  const folders = (paths: string[]) =>
    new Set(paths.map((path) => path.split("/")[1])).size;
  assert(folders(quarter) > folders(all) / 2, `${folders(quarter)} folders`);
});

Deno.test("Every test that is excluded by its title exists", async () => {
  const texts = await Promise.all(
    selectTests(ROOT, "windows").map((path) =>
      Deno.readTextFile(`${ROOT}/${path}`)
    ),
  );
  const missing = Object.keys(WINDOWS_TESTS).filter((title) =>
    !texts.some((text) =>
      title.split("*").every((part) =>
        text.includes(JSON.stringify(part).slice(1, -1))
      )
    )
  );
  assertEquals(missing, []);
});
