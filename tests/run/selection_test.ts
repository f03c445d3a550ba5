import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../support.ts";
import { documentedFiles, namesPath } from "./selection.ts";

Deno.test("A path selects tests; flags and arguments of tests do not", () => {
  const file = `${ROOT}/mod.ts`;
  assertEquals(namesPath([]), false);
  assertEquals(namesPath(["--quiet", "--filter=lists"]), false);
  assertEquals(namesPath([`${ROOT}/no_such_test.ts`, `${file}/below`]), false);
  assertEquals(namesPath(["--", file]), false);
  assertEquals(namesPath(["--quiet", file]), true);
  assertEquals(namesPath([ROOT]), true);
});

Deno.test("Examples run in each source that users read, and in no other", () => {
  const files = documentedFiles(ROOT);
  for (const path of ["mod.ts", "cli.ts", "lib/vm/list.ts", "ffi/list.ts"]) {
    assert(files.includes(path), path);
  }
  assertEquals(
    files.filter((path) => !/^(?:mod|cli|lib\/.*|ffi\/.*)\.ts$/.test(path)),
    [],
  );
  assertEquals(files, files.toSorted());
});
