import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import { EXCLUDED, selectTests } from "./selection.ts";

Deno.test("Other platforms run most tests, and none that is excluded", () => {
  const selected = selectTests(ROOT);
  assert(selected.length > 100, `${selected.length} files`);
  for (const path of selected) {
    assertEquals(
      Object.keys(EXCLUDED).some((it) => path.startsWith(it)),
      false,
    );
  }
});

Deno.test("Every excluded test of other platforms exists and has a reason", () => {
  for (const [path, reason] of Object.entries(EXCLUDED)) {
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
