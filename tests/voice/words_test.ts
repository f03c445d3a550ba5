import { assertEquals } from "@std/assert";
import { findWords, isChecked } from "./words.ts";

Deno.test("Forbidden words are found, with their lines", () => {
  const text = "A list is no array.\nIt is no longer.\nNobody lets it go,\n" +
    "whoever tells of small letters.\n";
  assertEquals(
    findWords(text).map(({ line, words }) => `${line} ${words}`).sort(),
    [
      "1 is no array",
      "3 Nobody",
      "3 lets it go",
      "4 small letters",
      "4 tells of",
      "4 whoever",
    ],
  );
});

Deno.test("Words of the second reading are found", () => {
  const found = (text: string) => findWords(text).map(({ words }) => words);
  assertEquals(found("must be a whole number"), ["whole number"]);
  assertEquals(found("its format is told by"), ["is told"]);
  assertEquals(found("it tells where it is"), ["tells where "]);
  assertEquals(found("when there is no library"), [
    "is no library",
    "when there is no",
  ]);
  assertEquals(found("what is left out"), ["what is left out"]);
  assertEquals(found("adopted memory"), ["adopted memory"]);
  assertEquals(found("Refuses what is odd"), ["Refuses what"]);
});

Deno.test("Plain English is left alone", () => {
  const text = "There are no more calls. The pool releases it. A cargo tells.";
  assertEquals(findWords(text), []);
});

Deno.test("Sources and pages are checked, and the check itself is not", () => {
  const paths = ["mod.ts", "dev", "docs/x.md", "native/src/a.c"];
  assertEquals(paths.filter(isChecked), paths);
  const others = ["tests/voice/words.ts", "docs/bench.svg", "LICENSE"];
  assertEquals(others.filter(isChecked), []);
});
