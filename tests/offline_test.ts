/**
 * Specifies what this project uses of `@std/assert`, `@std/path`,
 * `@std/cli/parse-args` and `@std/testing/types`. It runs against the active
 * set: the packages, or the stand-ins with
 * `--import-map=tests/offline/import_map.json`.
 *
 * `node:assert` checks the assertions themselves, since neither set can affect
 * it.
 *
 * @module
 */

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
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
import {
  type Assert,
  type AssertFalse,
  type AssertTrue,
  assertType,
  type Has,
  type IsAny,
  type IsExact,
  type IsNever,
  type IsNullable,
  type NotHas,
} from "@std/testing/types";
import node from "node:assert/strict";
import nodePath from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as posixPath from "./offline/posix_path.ts";

const posix = Deno.build.os !== "windows";

/** Expects an assertion to fail with a message that starts with this text. */
function fails(fn: () => unknown, start: string): void {
  node.throws(fn, (error) => isFailure(error, start));
}

/** The same for an awaited assertion. */
function failsLater(fn: () => Promise<unknown>, start: string): Promise<void> {
  return node.rejects(fn, (error) => isFailure(error, start));
}

function isFailure(error: unknown, start: string): boolean {
  node.ok(error instanceof AssertionError, `not an AssertionError: ${error}`);
  const message = stripVTControlCharacters(error.message);
  node.equal(message.slice(0, start.length), start);
  return true;
}

/** Expects `equal`, `assertEquals` and `assertNotEquals` to agree. */
function judges(a: unknown, b: unknown, expected: boolean): void {
  for (const [left, right] of [[a, b], [b, a]]) {
    node.equal(equal(left, right), expected, Deno.inspect([left, right]));
    const differs = () => assertEquals(left, right);
    const same = () => assertNotEquals(left, right);
    if (expected) {
      node.doesNotThrow(differs);
      fails(same, "Expected actual: ");
    } else {
      node.doesNotThrow(same);
      fails(differs, "Values are not equal.\n");
    }
  }
}

class Point {
  #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  get x(): number {
    return this.#x;
  }
}

// @std/assert

Deno.test("AssertionError is an error with a name and a cause", () => {
  const error = new AssertionError("no", { cause: 1 });
  node.ok(error instanceof Error);
  node.equal(error.name, "AssertionError");
  node.equal(error.message, "no");
  node.equal(error.cause, 1);
});

Deno.test("assert and assertFalse check truthiness", () => {
  for (const truthy of [true, 1, "0", [], {}]) {
    assert(truthy);
    fails(() => assertFalse(truthy, "why"), "why");
  }
  for (const falsy of [false, 0, 0n, "", null, undefined, NaN]) {
    assertFalse(falsy);
    fails(() => assert(falsy, "why"), "why");
  }
});

Deno.test("equal compares primitives", () => {
  judges(1, 1, true);
  judges(NaN, NaN, true);
  judges(0, -0, true);
  judges("a", "a", true);
  judges(1n, 1n, true);
  judges(1, 1n, false);
  judges(1, "1", false);
  judges(null, undefined, false);
  judges(0, null, false);
  judges(Symbol("a"), Symbol("a"), false);
});

Deno.test("equal compares arrays and objects by content", () => {
  judges([1, [2, { a: [3] }]], [1, [2, { a: [3] }]], true);
  judges([0, NaN], [-0, NaN], true);
  judges([1, 2], [2, 1], false);
  judges([1, 2], [1, 2, 3], false);
  judges({ a: 1, b: 2 }, { b: 2, a: 1 }, true);
  judges({ a: undefined }, {}, false);
  judges({ a: undefined }, { b: undefined }, false);
  judges({ a: { b: 1 } }, { a: { b: 2 } }, false);
  judges(Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true);
  judges([], {}, false);
  judges({ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 2 }, false);
  judges(() => 1, () => 1, false);
  judges(Object.defineProperty({}, "hidden", { value: 1 }), {}, true);
});

Deno.test("equal compares binary data by kind and element", () => {
  judges(new Uint8Array([1, 2]), new Uint8Array([1, 2]), true);
  judges(new Uint8Array([1, 2]), new Uint8Array([2, 1]), false);
  judges(new Uint8Array([1, 2]), new Uint8Array([1]), false);
  judges(new Uint8Array([1]), new Int8Array([1]), false);
  judges(new Uint8Array([1]), [1], false);
  judges(new Float32Array([NaN, 0]), new Float32Array([NaN, -0]), true);
  judges(new BigInt64Array([1n]), new BigInt64Array([2n]), false);
  judges(new Uint8Array([1]).buffer, new Uint8Array([1]).buffer, true);
  judges(new Uint8Array([1]).buffer, new Uint8Array([2]).buffer, false);
  judges(
    new Uint8Array([0, 1]).subarray(1),
    new Uint8Array([1, 2]).subarray(0, 1),
    true,
  );
});

Deno.test("equal compares sets and maps without order", () => {
  judges(new Set([1, 2]), new Set([2, 1]), true);
  judges(new Set([1, 2]), new Set([1, 3]), false);
  judges(new Set([1, 2]), new Set([1, 2, 3]), false);
  judges(new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }]), true);
  judges(new Set([{ a: 1 }]), new Set([{ a: 2 }]), false);
  judges(
    new Map([["a", [1]], ["b", [2]]]),
    new Map([["b", [2]], ["a", [1]]]),
    true,
  );
  judges(new Map([["a", 1]]), new Map([["a", 2]]), false);
  judges(new Map([["a", 1]]), new Map([["a", 1], ["b", 2]]), false);
  judges(new Map([["a", undefined]]), new Map([["b", undefined]]), false);
  judges(new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]]), true);
  judges(new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 2]]), false);
  const key = {};
  judges(new Map([[key, { a: 1 }]]), new Map([[key, { a: 2 }]]), false);
  judges(new Map([[1, 1]]), new Set([1]), false);
});

Deno.test("equal compares instances by class and visible properties", () => {
  judges(new Point(1), new Point(1), true);
  judges(new Point(1), new Point(2), false);
  judges(new Point(1), { x: 1 }, false);
  judges(new Date(5), new Date(5), true);
  judges(new Date(5), new Date(6), false);
  judges(new Date(NaN), new Date(NaN), true);
  judges(/a/g, /a/g, true);
  judges(/a/g, /a/i, false);
  judges(new URL("file:///a"), new URL("file:///a"), true);
  judges(new URL("file:///a"), new URL("file:///b"), false);
  judges(new URLSearchParams("a=1"), new URLSearchParams("a=2"), false);
  judges(new WeakRef({ a: 1 }), new WeakRef({ a: 1 }), true);
  judges(new WeakRef({ a: 1 }), new WeakRef({ a: 2 }), false);
});

Deno.test("equal ends on cycles and rejects what it cannot inspect", () => {
  const loop = (value: number): object => {
    const object: Record<string, unknown> = { value };
    object.self = object;
    return object;
  };
  node.equal(equal(loop(1), loop(1)), true);
  node.equal(equal(loop(1), loop(2)), false);
  node.throws(() => equal(new WeakMap(), new WeakMap()), TypeError);
  node.throws(() => equal(new WeakSet(), new WeakSet()), TypeError);
});

Deno.test("assertEquals shows the lines that differ", () => {
  node.throws(
    () => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "why"),
    (error) => {
      isFailure(error, "Values are not equal: why\n");
      const lines = stripVTControlCharacters((error as Error).message)
        .split("\n").map((line) => line.trimEnd());
      for (const line of ["      a: 1,", "-     b: 2,", "+     b: 3,"]) {
        node.ok(lines.includes(line), `${line} is not in\n${lines.join("\n")}`);
      }
      return true;
    },
  );
});

Deno.test("assertNotEquals names both values", () => {
  fails(
    () => assertNotEquals(1, 1, "why"),
    "Expected actual: 1 not to be: 1: why",
  );
});

Deno.test("assertStrictEquals compares identity", () => {
  const object = {};
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  fails(() => assertStrictEquals(0, -0), "Values are not strictly equal.\n");
  fails(
    () => assertStrictEquals(1, 2, "why"),
    "Values are not strictly equal: why",
  );
  fails(
    () => assertStrictEquals({ a: 1 }, { a: 1 }),
    "Values have the same structure but are not reference-equal.",
  );
});

Deno.test("assertThrows returns the thrown value", () => {
  const thrown = new RangeError("too far");
  const raise = () => {
    throw thrown;
  };
  node.equal(assertThrows(raise), thrown);
  node.equal(assertThrows(raise, "msg"), thrown);
  node.equal(assertThrows(raise, RangeError), thrown);
  node.equal(assertThrows(raise, Error, "too"), thrown);
  node.equal(
    assertThrows(() => {
      throw "text";
    }),
    "text",
  );
  const typed = assertThrows(raise, RangeError);
  assertType<IsExact<typeof typed, RangeError>>(true);
});

Deno.test("assertThrows fails on no error, another class or message", () => {
  const raise = () => {
    throw new RangeError("too far");
  };
  fails(() => assertThrows(() => 1), "Expected function to throw.");
  fails(() => assertThrows(() => 1, "why"), "Expected function to throw: why");
  fails(
    () => assertThrows(() => 1, Error, "", "why"),
    "Expected function to throw: why",
  );
  fails(
    () => assertThrows(raise, TypeError),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  fails(
    () => assertThrows(raise, RangeError, "near", "why"),
    'Expected error message to include "near", but got "too far": why',
  );
  fails(
    () =>
      assertThrows(() => {
        throw "text";
      }, Error),
    "A non-Error object was thrown.",
  );
});

Deno.test("assertIsError narrows and matches a message", () => {
  const value: unknown = new RangeError("too far");
  assertIsError(value, RangeError, /far$/);
  assertType<IsExact<typeof value, RangeError>>(true);
  fails(
    () => assertIsError("text"),
    'Expected "error" to be an Error object.',
  );
  fails(
    () => assertIsError(value, Error, /near/),
    'Expected error message to include /near/, but got "too far".',
  );
});

Deno.test("assertRejects resolves to the rejection", async () => {
  const thrown = new RangeError("too far");
  const reject = () => Promise.reject(thrown);
  node.equal(await assertRejects(reject), thrown);
  node.equal(await assertRejects(reject, RangeError, "far"), thrown);
  node.equal(await assertRejects(() => Promise.reject("text")), "text");
  const typed = await assertRejects(reject, RangeError);
  assertType<IsExact<typeof typed, RangeError>>(true);
});

Deno.test("assertRejects fails on no rejection, another class or message", async () => {
  const reject = () => Promise.reject(new RangeError("too far"));
  await failsLater(
    () => assertRejects(() => Promise.resolve(1), "why"),
    "Expected function to reject: why",
  );
  await failsLater(
    () => assertRejects(reject, TypeError),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  await failsLater(
    () => assertRejects(reject, RangeError, "near"),
    'Expected error message to include "near", but got "too far".',
  );
  await failsLater(
    () => assertRejects(() => Promise.reject("text"), Error),
    "A non-Error object was rejected.",
  );
});

Deno.test("assertRejects fails on a function that throws synchronously", async () => {
  await failsLater(
    () =>
      assertRejects(() => {
        throw new RangeError("too far");
      }, RangeError),
    "Function throws when expected to reject.",
  );
});

Deno.test("assertStringIncludes, assertMatch and assertNotMatch check strings", () => {
  assertStringIncludes("hello", "ell");
  fails(
    () => assertStringIncludes("hello", "x"),
    'Expected actual: "hello" to contain: "x".',
  );
  assertMatch("hello", /^h/);
  fails(
    () => assertMatch("hello", /^e/, "why"),
    'Expected actual: "hello" to match: "/^e/": why',
  );
  assertNotMatch("hello", /^e/);
  fails(
    () => assertNotMatch("hello", /^h/),
    'Expected actual: "hello" to not match: "/^h/".',
  );
});

Deno.test("assertInstanceOf names both classes", () => {
  const value: unknown = new RangeError("too far");
  assertInstanceOf(value, Error);
  assertType<IsExact<typeof value, Error>>(true);
  fails(
    () => assertInstanceOf(new Point(1), Error),
    'Expected object to be an instance of "Error" but was "Point".',
  );
  fails(
    () => assertInstanceOf(Error, Error),
    'Expected object to be an instance of "Error" but was not an instanced',
  );
  fails(
    () => assertInstanceOf({ constructor: Error }, Error),
    'Expected object to be an instance of "Error".',
  );
  fails(
    () => assertInstanceOf(null, Error, "why"),
    'Expected object to be an instance of "Error" but was "null": why',
  );
});

Deno.test("assertExists narrows", () => {
  const value = [1].at(0);
  assertExists(value);
  assertType<IsExact<typeof value, number>>(true);
  assertExists(0);
  assertExists("");
  fails(
    () => assertExists(null),
    'Expected actual: "null" to not be null or undefined.',
  );
  fails(() => assertExists(undefined, "why"), 'Expected actual: "undefined"');
});

Deno.test("assertGreater and the other comparisons order values", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1n, 2n);
  assertLessOrEqual("a", "a");
  fails(() => assertGreater(1, 1), "Expect 1 > 1");
  fails(() => assertGreaterOrEqual(0, 1), "Expect 0 >= 1");
  fails(() => assertLess(1, 1), "Expect 1 < 1");
  fails(() => assertLessOrEqual(2, 1, "why"), "why");
  fails(() => assertGreater(NaN, 0), "Expect NaN > 0");
});

Deno.test("assertAlmostEquals has a relative default tolerance", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1, 1.5, 0.5);
  assertAlmostEquals(1e9, 1e9 + 1);
  assertAlmostEquals(NaN, NaN);
  assertAlmostEquals(Infinity, Infinity);
  fails(() => assertAlmostEquals(1e-8, 2e-8), "Expected actual: ");
  fails(() => assertAlmostEquals(NaN, 1), "Expected actual: ");
  fails(
    () => assertAlmostEquals(1, 2, 0.5, "why"),
    'Expected actual: "1" to be close to "2": ' +
      'delta "1" is greater than "5e-1": why',
  );
});

Deno.test("assertArrayIncludes looks for each item, deeply", () => {
  assertArrayIncludes([1, NaN, { a: [2] }], [{ a: [2] }, NaN]);
  assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  node.throws(
    () => assertArrayIncludes([1, 2], [2, 3]),
    (error) =>
      isFailure(error, 'Expected actual: "[') &&
      /missing: \[\s*3,?\s*\]$/.test((error as Error).message),
  );
});

Deno.test("fail and unreachable always throw", () => {
  fails(() => fail(), "Failed assertion.");
  fails(() => fail("why"), "Failed assertion: why");
  fails(() => unreachable(), "Unreachable.");
});

// @std/path

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

// @std/cli/parse-args

Deno.test("parseArgs recognizes flags by their form", () => {
  assertEquals<unknown>(
    parseArgs(["--a=1", "--b", "two", "--c", "-d", "3", "-efg", "x", "4", "-"]),
    { a: 1, b: "two", c: true, d: 3, e: true, f: true, g: "x", _: [4, "-"] },
  );
  assertEquals<unknown>(
    parseArgs(["-n5", "-o=p", "-I/usr", "--q=r=s", "-v", "-"]),
    {
      n: 5,
      o: "p",
      I: "/usr",
      q: "r=s",
      v: "-",
      _: [],
    },
  );
  assertEquals<unknown>(
    parseArgs(["--no-x", "0x10", "y", "1e3", " ", "Infinity"]),
    {
      "no-x": 16,
      _: ["y", 1000, " ", "Infinity"],
    },
  );
  assertEquals<unknown>(parseArgs(["-a-", "x", "-bc/d", "-e", "--f"]), {
    a: "-",
    b: true,
    c: "/d",
    e: true,
    f: true,
    _: ["x"],
  });
  assertEquals<unknown>(parseArgs([]), { _: [] });
});

Deno.test("parseArgs keeps string flags strings", () => {
  const flags = parseArgs(["--a=01", "--b", "02", "--c", "--d", "-e", "03"], {
    string: ["a", "b", "c", "e", "f"],
  });
  assertEquals<unknown>(flags, {
    a: "01",
    b: "02",
    c: "",
    d: true,
    e: "03",
    _: [],
  });
  assertEquals<unknown>(parseArgs(["1", "2"], { string: "_" })._, ["1", "2"]);
  assertEquals<unknown>(parseArgs(["--a", "--b=1"], { string: ["a", "b"] }), {
    a: "",
    b: "1",
    _: [],
  });
});

Deno.test("parseArgs reads boolean flags without a value", () => {
  const read = (...args: string[]) => parseArgs(args, { boolean: ["a", "b"] });
  assertEquals<unknown>(read(), { a: false, b: false, _: [] });
  assertEquals<unknown>(read("--a", "x"), { a: true, b: false, _: ["x"] });
  assertEquals<unknown>(read("--a=false", "--b=true"), {
    a: false,
    b: true,
    _: [],
  });
  assertEquals<unknown>(read("--a", "false", "-b", "true"), {
    a: false,
    b: true,
    _: [],
  });
  assertEquals<unknown>(read("-ab", "x"), { a: true, b: true, _: ["x"] });
  assertEquals<unknown>(parseArgs(["--a", "x", "-p", "1"], { boolean: true }), {
    a: true,
    p: 1,
    _: ["x"],
  });
});

Deno.test("parseArgs negates what is negatable", () => {
  const options = { boolean: ["a"], negatable: ["a"] } as const;
  assertEquals<unknown>(parseArgs(["--no-a"], options).a, false);
  assertEquals<unknown>(parseArgs(["--no-a", "--a"], options).a, true);
  assertEquals<unknown>(parseArgs(["--no-b"], options), {
    a: false,
    "no-b": true,
    _: [],
  });
  assertEquals<unknown>(
    parseArgs(["--no-a"], { ...options, default: { a: true } }).a,
    false,
  );
  assertEquals<unknown>(
    parseArgs(["--s=x", "--no-s"], { string: ["s"], negatable: ["s"] }).s,
    false,
  );
});

Deno.test("parseArgs collects values, or else keeps the last one", () => {
  const options = {
    string: ["module", "input"],
    boolean: ["v"],
    collect: ["module", "v", "n"],
  } as const;
  assertEquals<unknown>(
    parseArgs(
      ["--module=a", "--input=1", "--module", "b", "--input=2", "-vv"],
      options,
    ),
    { module: ["a", "b"], input: "2", v: [true, true], _: [] },
  );
  assertEquals<unknown>(parseArgs(["--n=1", "--n=x"], options), {
    module: [],
    v: [],
    n: [1, "x"],
    _: [],
  });
});

Deno.test("parseArgs sets a flag and its aliases alike", () => {
  const options = {
    string: ["out"],
    boolean: ["help"],
    collect: ["out"],
    alias: { help: "h", out: ["o", "output"] },
  } as const;
  assertEquals<unknown>(parseArgs(["-h", "-o", "1", "--output=2"], options), {
    help: true,
    h: true,
    out: ["1", "2"],
    o: ["1", "2"],
    output: ["1", "2"],
    _: [],
  });
  assertEquals<unknown>(parseArgs(["x"], options), {
    help: false,
    h: false,
    out: [],
    o: [],
    output: [],
    _: ["x"],
  });
});

Deno.test("parseArgs fills in defaults", () => {
  const options = {
    string: ["device"],
    boolean: ["color"],
    default: { device: "local", color: true, count: 3 },
    alias: { device: "d" },
  } as const;
  assertEquals<unknown>(parseArgs([], options), {
    device: "local",
    d: "local",
    color: true,
    count: 3,
    _: [],
  });
  assertEquals<unknown>(
    parseArgs(["-d", "x", "--color=false", "--count=4"], options),
    {
      device: "x",
      d: "x",
      color: false,
      count: 4,
      _: [],
    },
  );
});

Deno.test("parseArgs stops at -- and, if asked, at the first argument", () => {
  assertEquals<unknown>(parseArgs(["a", "--b", "--", "--c", "1"]), {
    b: true,
    _: ["a", "--c", "1"],
  });
  assertEquals<unknown>(parseArgs(["a", "--", "--c", "1"], { "--": true }), {
    _: ["a"],
    "--": ["--c", "1"],
  });
  assertEquals<unknown>(parseArgs([], { "--": true }), { _: [], "--": [] });
  assertEquals<unknown>(
    parseArgs(["--b=1", "run", "--c", "2"], { stopEarly: true }),
    { b: 1, _: ["run", "--c", "2"] },
  );
});

Deno.test("parseArgs passes unknown arguments to a callback", () => {
  const calls: unknown[][] = [];
  const flags = parseArgs(
    ["--a=1", "--x=2", "-y", "3", "--z", "pos", "keep", "--list=4"],
    {
      string: ["a"],
      boolean: ["z"],
      collect: ["list"],
      unknown: (arg, key, value) => {
        calls.push([arg, key, value]);
        return arg === "keep";
      },
    },
  );
  assertEquals(calls, [
    ["--x=2", "x", "2"],
    ["-y", "y", "3"],
    ["pos", undefined, undefined],
    ["keep", undefined, undefined],
  ]);
  assertEquals<unknown>(flags, { a: "1", z: true, list: [4], _: ["keep"] });

  const none = { boolean: true, alias: { v: "w" }, unknown: () => false };
  assertEquals<unknown>(parseArgs(["--a", "--b=1", "-c", "-w", "d"], none), {
    a: true,
    v: "d",
    w: "d",
    _: [],
  });
});

Deno.test("parseArgs nests dotted names and accepts empty values", () => {
  assertEquals<unknown>(parseArgs(["--a.b=1", "--a.c.d", "x"]), {
    a: { b: 1, c: { d: "x" } },
    _: [],
  });
  assertEquals<unknown>(parseArgs(["--a", ""], { string: ["a"] }), {
    a: "",
    _: [""],
  });
  assertEquals<unknown>(parseArgs(["--a="], { string: ["a"] }), {
    a: "",
    _: [],
  });
});

Deno.test("parseArgs infers its result's type from its options", () => {
  const flags = parseArgs(["--module=a"], {
    string: ["module", "device", "mode", "level"],
    collect: ["module"],
    boolean: ["help"],
    negatable: ["mode"],
    alias: { help: "h" },
    default: { level: "1" },
    "--": true,
  });
  assertType<IsExact<typeof flags.module, string[]>>(true);
  assertType<IsExact<typeof flags.device, string | undefined>>(true);
  assertType<IsExact<typeof flags.mode, string | false | undefined>>(true);
  assertType<IsExact<typeof flags.level, string>>(true);
  assertType<IsExact<typeof flags.help, boolean>>(true);
  assertType<IsExact<typeof flags.h, boolean>>(true);
  assertType<IsExact<typeof flags._, Array<string | number>>>(true);
  assertType<IsExact<(typeof flags)["--"], string[]>>(true);
  assertType<IsExact<typeof flags.other, unknown>>(true);
  assertEquals(flags.module.map((name) => name.toUpperCase()), ["A"]);
});

// @std/testing/types

Deno.test("type assertions resolve to true and to false", () => {
  assertType<IsExact<string | number, number | string>>(true);
  assertType<IsExact<{ a: 1 } & { b: 2 }, { a: 1; b: 2 }>>(true);
  assertType<IsExact<{ a?: 1 }, { a: 1 }>>(false);
  assertType<IsExact<{ readonly a: 1 }, { a: 1 }>>(false);
  assertType<IsExact<string, string | undefined>>(false);
  assertType<IsExact<unknown, string>>(false);
  assertType<IsNever<never>>(true);
  assertType<IsNever<unknown>>(false);
  assertType<IsAny<unknown>>(false);
  assertType<Has<string | number, string>>(true);
  assertType<Has<string, number>>(false);
  assertType<NotHas<string, number>>(true);
  assertType<NotHas<string | number, string>>(false);
  assertType<IsNullable<string | null>>(true);
  assertType<IsNullable<string>>(false);
  // @ts-expect-error: a wrong expectation must not compile.
  assertType<IsExact<string, number>>(true);
});

/** Compiles only if each assertion resolves to the stated type. */
export type Resolved = [
  AssertTrue<IsExact<1, 1>>,
  AssertFalse<IsExact<1, 2>>,
  Assert<Has<1 | 2, 2>, true>,
  // @ts-expect-error: a wrong expectation must not compile.
  AssertTrue<IsExact<1, 2>>,
];
