import { assertEquals } from "@std/assert";
import { removeIndentation } from "../../lib/cli/compile/indentation.ts";

function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

Deno.test("removeIndentation removes indentation, empty lines and lines of comments", () => {
  const given = lines(
    "// lib/a.ts",
    "function a() {",
    "  /** Adds. */",
    "  return 1 + /* one */ 2; // three",
    "",
    "  /*",
    "   * b",
    "   */",
    "}",
  );
  const kept = lines("function a() {", "return 1 + /* one */ 2; // three", "}");
  assertEquals(removeIndentation(given), kept);
});

Deno.test("removeIndentation keeps the text of templates", () => {
  for (
    const text of [
      lines("a = `", "  b", "", "  // c", "`;"),
      lines("a = `", "  ${b(`", "    c", "  `)} {", "  d`;"),
      lines("a = `${{ b: { c } }.b", "}", "  `;"),
      lines("a = `\\`", "  b`;"),
    ]
  ) {
    assertEquals(removeIndentation(text), text);
  }
});

Deno.test("removeIndentation finds templates behind strings, comments and regular expressions", () => {
  for (
    const code of [
      'a = "`";',
      "a = '\\'`';",
      "a = /`/;",
      "a = b.replace(/[/`]\\/`/g, c);",
      "a = 1; // `",
      "a = /* ` */ 1;",
    ]
  ) {
    const given = lines(code, "  b();", "a = `", "  c`;");
    const kept = lines(code, "b();", "a = `", "  c`;");
    assertEquals(removeIndentation(given), kept, code);
  }
  const division = lines("a = b / c;", "  d = `", "  / e`;");
  assertEquals(
    removeIndentation(division),
    lines("a = b / c;", "d = `", "  / e`;"),
  );
});

Deno.test("removeIndentation escapes characters, except in tagged templates", () => {
  assertEquals(
    removeIndentation(lines('  a = "…\u{1f600}";', "b = `", "  ² ${c}`;")),
    lines('a = "\\u2026\\ud83d\\ude00";', "b = `", "  \\u00b2 ${c}`;"),
  );
  const tagged = lines("a = String.raw`…", "  …${`…`}…`;");
  assertEquals(removeIndentation(tagged), tagged);
});
