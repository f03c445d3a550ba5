/**
 * Specifies what this project uses of `@std/path`. It runs against the active set: the
 * package, or the stand-in with `--import-map=tests/offline/import_map.json`.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  basename,
  DELIMITER,
  dirname,
  extname,
  fromFileUrl,
  isAbsolute,
  join,
  normalize,
  relative,
  resolve,
  SEPARATOR,
  toFileUrl,
} from "@std/path";
import node from "node:assert/strict";
import nodePath from "node:path";
import * as posixPath from "./posix_path.ts";

const posix = Deno.build.os !== "windows";

Deno.test("path functions split paths", { ignore: !posix }, () => {
  assertEquals(basename("/a/b.ts"), "b.ts");
  assertEquals(basename("/a/b.ts/"), "b.ts");
  assertEquals(basename("/a/b.ts", ".ts"), "b");
  assertEquals(basename("/a/.ts", ".ts"), ".ts");
  assertEquals(basename(""), "");
  assertEquals(basename("/"), "/");
  assertEquals(dirname("/a/b.ts"), "/a");
  assertEquals(dirname("/a//b.ts"), "/a");
  assertEquals(dirname("/a"), "/");
  assertEquals(dirname("a"), ".");
  assertEquals(extname("/a.d/b.tar.gz"), ".gz");
  assertEquals(extname("/a/.env"), "");
  assertEquals(extname("a."), ".");
});

/** As in `@std/path`: trailing separators are dropped. */
function withoutEnd(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

Deno.test("paths of POSIX systems are read as node:path reads them", {
  ignore: !posix,
}, () => {
  const parts = ["", "/", "//", "a", ".", "b.c", ".."];
  let paths = [""];
  for (let length = 0; length < 4; length++) {
    const longer = paths.flatMap((path) => parts.map((it) => path + it));
    paths = [...new Set(longer)];
  }
  node.ok(paths.length > 1000);
  for (const path of paths) {
    for (const name of ["basename", "extname", "normalize"] as const) {
      node.equal(posixPath[name](path), nodePath.posix[name](path), path);
    }
    node.equal(
      withoutEnd(posixPath.dirname(path)),
      withoutEnd(nodePath.posix.dirname(path)),
      path,
    );
    for (const other of ["", "/", "../a", "/a/b.c/d", "b.c/../.."]) {
      for (const name of ["join", "relative", "resolve"] as const) {
        const args = [path, other] as const;
        const expected = nodePath.posix[name](...args);
        node.equal(posixPath[name](...args), expected, `${name} ${args}`);
      }
    }
  }
});

Deno.test("path functions join paths", { ignore: !posix }, () => {
  assertEquals(join("/a", "b", "../c", "", "d/"), "/a/c/d/");
  assertEquals(join(""), ".");
  assertEquals(normalize("/a/./b//../c"), "/a/c");
  assertEquals(normalize("../../a"), "../../a");
  assertEquals(normalize(""), ".");
  assertEquals(resolve("/a", "b", "../c/"), "/a/c");
  assertEquals(resolve("/a", "/b"), "/b");
  assertEquals(resolve("a"), join(Deno.cwd(), "a"));
  assertEquals(relative("/a/b/c", "/a/d"), "../../d");
  assertEquals(relative("/a", "/a"), "");
});

Deno.test("isAbsolute and the separators follow the system", () => {
  assert(isAbsolute(Deno.cwd()));
  assertFalse(isAbsolute("a/b"));
  assertFalse(isAbsolute(""));
  assertEquals(SEPARATOR, posix ? "/" : "\\");
  assertEquals(DELIMITER, posix ? ":" : ";");
});

Deno.test(
  "toFileUrl escapes characters that a URL would misread",
  { ignore: !posix },
  () => {
    for (
      const [path, href] of [
        ["/a/b.ts", "file:///a/b.ts"],
        ["/a b/", "file:///a%20b/"],
        ["/50%", "file:///50%25"],
        ["/a?b#c", "file:///a%3Fb%23c"],
        ["/a\\b", "file:///a%5Cb"],
        ["/~[ü]\n", "file:///~[%C3%BC]%0A"],
      ]
    ) {
      assertEquals(toFileUrl(path).href, href);
      assertEquals(fromFileUrl(href), path);
    }
  },
);

Deno.test("fromFileUrl accepts a URL or its text", { ignore: !posix }, () => {
  assertEquals(fromFileUrl(new URL("file:///a%2520b")), "/a%20b");
  assertEquals(fromFileUrl("file://localhost/a"), "/a");
  assertEquals(fromFileUrl("file:///100%"), "/100%");
  assertEquals(fromFileUrl("file:///a%2Fb"), "/a/b");
});

Deno.test("file URL functions reject input without an equivalent", () => {
  assertThrows(() => toFileUrl("a/b"), TypeError, "Path must be absolute");
  assertThrows(
    () => fromFileUrl("https://example.com/a"),
    TypeError,
    'URL must be a file URL: received "https:"',
  );
  assertThrows(() => fromFileUrl("a/b"), TypeError);
});
