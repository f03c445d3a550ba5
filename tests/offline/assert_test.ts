/**
 * Specifies what this project uses of `@std/assert`. It runs against the active set: the
 * package, or the stand-in with `--import-map=tests/offline/import_map.json`.
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
import { assertType, type IsExact } from "@std/testing/types";
import node from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";

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
