import { assertEquals } from "@std/assert";
import { type ModuleUri, parseModuleUri } from "../../lib/vm/module_uri.ts";
import { test } from "../support.ts";

/** Parses a text when exactly the given files exist. */
function parse(text: string, ...files: string[]): ModuleUri {
  return parseModuleUri(text, (path) => files.includes(path));
}

function bytecode(path: string): ModuleUri {
  return { kind: "bytecode", path };
}

function dynamic(
  path: string,
  exportName = "",
  ...parameters: [string, string][]
): ModuleUri {
  return { kind: "dynamic", path, exportName, parameters };
}

/** Asserts how a text is parsed, whether or not its path exists. */
function assertRead(text: string, uri: ModuleUri): void {
  assertEquals(parse(text), uri, `${text} while no file exists`);
  assertEquals(parse(text, uri.path), uri, `${text} with ${uri.path}`);
}

test("A path without a library's name is a compiled program", () => {
  for (
    const path of [
      "program.vmfb",
      "./a/b.vmfb",
      "program",
      "",
      "so",
      "x.sox",
      "x.so.vmfb",
      "x.so.",
      "x.so.1a",
      "lib.so/program.vmfb",
      "program.vmfb@export?k=v",
      "program.vmfb?k=v",
    ]
  ) {
    assertRead(path, bytecode(path));
  }
});

test("A library is recognized by its name, with versions and other systems' suffixes", () => {
  for (
    const path of [
      "lib.so",
      "./lib.so",
      "/a b/lib.so",
      "lib.so.1",
      "lib.so.1.20.3",
      "lib.1.so",
      "lib.dylib",
      "lib.dll",
      "LIB.DLL",
      ".so",
    ]
  ) {
    assertRead(path, dynamic(path));
    assertRead(`${path}@create`, dynamic(path, "create"));
    assertRead(`${path}@create?k=v`, dynamic(path, "create", ["k", "v"]));
    assertRead(`${path}?k=v`, dynamic(path, "", ["k", "v"]));
  }
});

test("The export's name may be left out", () => {
  assertRead("lib.so@", dynamic("lib.so"));
  assertRead("lib.so?", dynamic("lib.so"));
  assertRead("lib.so@?", dynamic("lib.so"));
  assertRead("lib.so@?k=v", dynamic("lib.so", "", ["k", "v"]));
  assertRead("lib.so@create?", dynamic("lib.so", "create"));
});

test("Parameters are kept as written, in order", () => {
  const cases: [string, ...[string, string][]][] = [
    ["k=v", ["k", "v"]],
    ["b=1&a=2", ["b", "1"], ["a", "2"]],
    ["k=1&k=2&k=1", ["k", "1"], ["k", "2"], ["k", "1"]],
    ["k", ["k", ""]],
    ["k=", ["k", ""]],
    ["k=&l&m=", ["k", ""], ["l", ""], ["m", ""]],
    ["=v", ["", "v"]],
    ["k=a=b", ["k", "a=b"]],
    ["k=a?b@c", ["k", "a?b@c"]],
    ["k=%20+ä b", ["k", "%20+ä b"]],
    ["k=a;b=c", ["k", "a;b=c"]],
    ["k=a\nb", ["k", "a\nb"]],
    ["k=/a/b.txt", ["k", "/a/b.txt"]],
  ];
  for (const [query, ...pairs] of cases) {
    assertRead(`lib.so@create?${query}`, dynamic("lib.so", "create", ...pairs));
    assertRead(`lib.so@?${query}`, dynamic("lib.so", "", ...pairs));
    assertRead(`lib.so?${query}`, dynamic("lib.so", "", ...pairs));
  }
});

test("An & separates parameters and is ignored at the ends", () => {
  assertRead("lib.so?a&", dynamic("lib.so", "", ["a", ""]));
  assertRead("lib.so?&a", dynamic("lib.so", "", ["a", ""]));
  assertRead("lib.so?&", dynamic("lib.so"));
  assertRead(
    "lib.so?a&&b",
    dynamic("lib.so", "", ["a", ""], ["", ""], ["b", ""]),
  );
});

test("A file that exists under the whole text wins", () => {
  for (
    const path of [
      "@scope/one.vmfb",
      "one@2.vmfb",
      "a?b/one?.vmfb",
      "lib.so@create.vmfb",
      "lib.so?k=v",
      "lib.so@create",
    ]
  ) {
    assertEquals(parse(path, path, "lib.so"), bytecode(path));
  }
  for (const path of ["@scope/lib.so", "lib.so@2.so", "a?b/lib.so.1"]) {
    assertEquals(parse(path, path, "lib.so"), dynamic(path));
  }
});

test("An existing library wins over a missing one", () => {
  assertEquals(parse("dir@2/lib.so", "dir@2/lib.so"), dynamic("dir@2/lib.so"));
  assertEquals(
    parse("dir@2/lib@3?.so@create?k=v@w", "dir@2/lib@3?.so"),
    dynamic("dir@2/lib@3?.so", "create", ["k", "v@w"]),
  );
  assertEquals(
    parse("a.so@2/b.so@create", "a.so@2/b.so"),
    dynamic("a.so@2/b.so", "create"),
  );
  assertEquals(
    parse("a.so?2/b.so?k=v", "a.so?2/b.so"),
    dynamic("a.so?2/b.so", "", ["k", "v"]),
  );
  assertEquals(
    parse("lib.so?k=/x/y.so", "lib.so"),
    dynamic("lib.so", "", ["k", "/x/y.so"]),
  );
});

test("The shortest existing path wins, after the whole text", () => {
  const text = "a.so@b.so@c.so";
  assertEquals(parse(text, "a.so", "a.so@b.so", text), dynamic(text));
  assertEquals(
    parse(text, "a.so", "a.so@b.so"),
    dynamic("a.so", "b.so@c.so"),
  );
  assertEquals(parse(text, "a.so@b.so"), dynamic("a.so@b.so", "c.so"));
});

test("If none exists, the shortest path with a library's name counts", () => {
  assertEquals(parse("a.so@b.so@c.so"), dynamic("a.so", "b.so@c.so"));
  assertEquals(
    parse("lib.so@create?path=/x/y.so"),
    dynamic("lib.so", "create", ["path", "/x/y.so"]),
  );
  assertEquals(
    parse("dir@2/lib.so@create"),
    dynamic("dir@2/lib.so", "create"),
  );
  assertEquals(parse("@scope/lib.so"), dynamic("@scope/lib.so"));
});

test("Only paths that the text can mean are checked", () => {
  const asked: string[] = [];
  parseModuleUri("dir@2/lib.so@create?k=v", (path) => {
    asked.push(path);
    return false;
  });
  assertEquals(asked, ["dir@2/lib.so@create?k=v", "dir@2/lib.so"]);
});
