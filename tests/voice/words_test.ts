import { assertEquals } from "@std/assert";
import { findLongSentences, findWords, isChecked } from "./words.ts";

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
  assertEquals(found("when there is no library"), ["when there is no"]);
  assertEquals(found("Fails if there is no room."), []);
  assertEquals(found("what is left out"), ["what is left out"]);
  assertEquals(found("adopted memory"), ["adopted memory"]);
  assertEquals(found("Refuses what is odd"), ["Refuses what"]);
});

Deno.test("Old forms of errors, options and test names are found", () => {
  const found = (text: string, path = "x.ts") =>
    findWords(text, path).map(({ words }) => words);
  assertEquals(found("wanted i32, given a string"), ["wanted i32, given"]);
  assertEquals(found("must be 1, not ${size}"), [", not ${"]);
  assertEquals(found("is 24, no power of two"), [", no power"]);
  assertEquals(found("a List not made by us"), ["not made by"]);
  assertEquals(found("this List is none: it"), ["is none:"]);
  assertEquals(found("The program, to be disposed."), ["to be disposed"]);
  assertEquals(found("How a model is loaded."), ["How a model is loaded"]);
  assertEquals(found("@param job What is compiled."), ["What is compiled"]);
  assertEquals(found("what the compiler says"), ["what the compiler says"]);
  assertEquals(found("reads what tuning found"), ["what tuning found"]);
  assertEquals(found("empty where there is none"), ["where there is"]);
  assertEquals(found('test("A null is refused", () => {'), ["refused"]);
  assertEquals(found("Others are refused.", "docs/x.md"), ["refused"]);
  assertEquals(found("const refused = refuse(refused);"), []);
});

Deno.test("Long sentences of pages are found, not code and tables", () => {
  const long = Array(26).fill("word").join(" ");
  const page = `# ${long}\n\nShort.\n\n| ${long} |\n\n` +
    `\`\`\`\n${long}\n\`\`\`\n\nA start. ${long}.\n`;
  assertEquals(
    findLongSentences(page).map(({ line, advice }) => `${line}: ${advice}`),
    ["11: at most 25 words, got 26"],
  );
  assertEquals(findLongSentences(`${long.slice(5)}. ${long.slice(5)}!`), []);
  assertEquals(findLongSentences(`${long.slice(5)}\n- ${long.slice(5)}`), []);
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
