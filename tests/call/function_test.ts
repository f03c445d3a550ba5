import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  IreeError,
  load,
  type LoadedProgram,
  runtime,
  type Value,
} from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";

const arithmetic = await program("arithmetic.mlir");
const types = await nativeModule("fixtures/types_module.cc");

// The same functions, compiled and native.
for (
  const [kind, modules] of [
    ["a compiled", [arithmetic]],
    ["a native", [types]],
  ] as const
) {
  test(`${kind} function accepts and returns every scalar type`, () => {
    using loaded = load({ modules });
    assertEquals(loaded.call("add_i32", 3, 4), 7);
    assertEquals(loaded.call("add_i32", -(2 ** 31), 2 ** 31 - 1), -1);
    assertEquals(loaded.call("add_i64", 2n ** 62n, 1n), 2n ** 62n + 1n);
    assertEquals(loaded.call("add_i64", 2 ** 53 - 1, 1n), 2n ** 53n);
    assertEquals(loaded.call("add_f32", 1.5, 2), 3.5);
    assertEquals(loaded.call("add_f32", 0.1, 0), Math.fround(0.1));
    assertEquals(loaded.call("add_f64", 0.1, 0.2), 0.1 + 0.2);
    assertEquals(loaded.call("add_f64", Infinity, 1), Infinity);
    assertEquals(loaded.call("add_f64", NaN, 1), NaN);
    assertEquals(loaded.call("nothing"), undefined);
  });

  test(`${kind} function accepts eight mixed arguments and returns three results`, () => {
    using loaded = load({ modules });
    assertEquals(
      loaded.call("mixed", 1, 2n, 1.5, 2.5, 3, 2n ** 40n, 3.5, 4.5),
      [4, 2n ** 40n + 2n, 12],
    );
  });

  test(`${kind} function rejects values that do not fit`, () => {
    using loaded = load({ modules });
    for (const [name, bad] of BAD_ARGUMENTS) {
      const error = assertThrows(
        () => loaded.call(name, bad as Value, 1),
        IreeError,
        `argument 0 of '${name}' must be ${name.slice(4)}`,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
    const error = assertThrows(
      () => loaded.call("add_i32", 1, 3.7),
      IreeError,
      "argument 1 of 'add_i32' must be i32 (an integer from -2147483648 " +
        "to 2147483647), got the number 3.7",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    // A rejected call leaves nothing behind.
    assertEquals(loaded.call("add_i32", 1, 2), 3);
  });

  test(`${kind} function rejects a wrong number of arguments`, () => {
    using loaded = load({ modules });
    for (const values of [[], [1], [1, 2, 3]]) {
      assertThrows(
        () => loaded.call("add_i32", ...values),
        IreeError,
        "input list and function mismatch; expected 2 arguments but passed " +
          values.length,
      );
    }
  });
}

const BAD_ARGUMENTS: readonly [string, unknown][] = [
  ["add_i32", 3.7],
  ["add_i32", 2 ** 31],
  ["add_i32", -(2 ** 31) - 1],
  ["add_i32", 99999999999],
  ["add_i32", NaN],
  ["add_i32", Infinity],
  ["add_i32", 1n],
  ["add_i32", "1"],
  ["add_i32", true],
  ["add_i32", null],
  ["add_i32", undefined],
  ["add_i32", [1]],
  ["add_i32", {}],
  ["add_i64", 2n ** 63n],
  ["add_i64", -(2n ** 63n) - 1n],
  ["add_i64", 2 ** 53],
  ["add_i64", 1.5],
  ["add_i64", "1"],
  ["add_f32", 1e39],
  ["add_f32", -1e39],
  ["add_f32", 1n],
  ["add_f64", 1n],
  ["add_f64", "1"],
  ["add_f64", null],
];

test("A wrong argument's error shows the function's declaration", () => {
  using loaded = load({ modules: [arithmetic] });
  const error = assertThrows(() => loaded.call("add_i32", 1), IreeError);
  assertStringIncludes(
    error.hint ?? "",
    "sync func @add_i32(%input0: i32, %input1: i32) -> (%output0: i32)",
  );
});

test("A function rejects values outside its declared type's range", async () => {
  using loaded = load({ modules: [await program("signatures.mlir")] });
  assertEquals(loaded.call("add_i8", 100, 27), 127);
  assertEquals(loaded.call("choose", 1), 1);
  assertEquals(loaded.call("choose", 0), 2);
  assertEquals(loaded.call("choose", true), 1);
  for (
    const [name, values, words] of [
      [
        "add_i8",
        [1, 300],
        "argument 1 of 'add_i8' must be i8 (an integer " +
        "from -128 to 255), got the number 300",
      ],
      ["add_i8", [-129, 0], "argument 0 of 'add_i8' must be i8"],
      [
        "choose",
        [2],
        "argument 0 of 'choose' must be i1 (0, 1, false or true), got the",
      ],
    ] as const
  ) {
    assertThrows(() => loaded.call(name, ...values), IreeError, words);
  }
  const { signature } = loaded.lookupFunction("dynamic");
  assertEquals(signature?.inputs[0], {
    kind: "tensor",
    elementType: "f32",
    shape: [null, 4],
    name: "input0",
    attributes: {},
  });
});

test("f16 and bf16 scalars are passed and returned as numbers", async () => {
  using loaded = load({ modules: [await program("signatures.mlir")] });
  for (const value of [0, -0, 1, -1.5, 65504, 6e-8, Infinity, NaN]) {
    assertEquals(loaded.call("same_f16", value), new Float16Array([value])[0]);
  }
  for (const value of [0, -0, 1, -1.5, 2 ** 127, Infinity, NaN]) {
    assertEquals(loaded.call("same_bf16", value), value);
  }
  assertEquals(loaded.call("same_bf16", 0.1), 0.10009765625);
  for (const value of [70000, 1e-9, 1n, "1"]) {
    assertThrows(
      () => loaded.call("same_f16", value as Value),
      IreeError,
      "argument 0 of 'same_f16' must be f16 (0, a number of size",
    );
  }
  assertThrows(() => loaded.call("same_bf16", 1e39), IreeError, "must be bf16");
});

test("A number that does not fit f32 is rejected, however small", () => {
  using loaded = load({ modules: [arithmetic] });
  assertEquals(loaded.call("add_f32", 1.4e-45, 0), 2 ** -149);
  for (const value of [1e-50, -7e-46, 3.5e38]) {
    assertThrows(
      () => loaded.call("add_f32", value, 0),
      IreeError,
      "f32 (0, a",
    );
  }
});

test("A function of a program can be disposed and called again", () => {
  using loaded = load({ modules: [arithmetic] });
  assertEquals(loaded.add_i32(1, 2), 3);
  {
    using add = loaded.lookupFunction("add_i32");
    assertEquals(add.call(1, 2), 3);
  }
  assertEquals(loaded.add_i32(1, 2), 3);
  assertEquals(loaded.call("add_i32", 1, 2), 3);
});

test("A program's functions may have names that JavaScript reserves", async () => {
  const loaded = load({ modules: [await program("names.mlir")] });
  using same = await Promise.resolve(loaded);
  assertEquals(same.functionNames.toSorted(), NAMES);
  JSON.stringify({ functions: same.functionNames });
  for (const name of NAMES) assertEquals(same.call(name), 7, name);
  assertEquals(typeof same.dispose, "function");
  assertEquals(same.context.modules.length, 1);
});

const NAMES = [
  "call",
  "constructor",
  "context",
  "dispose",
  "fork",
  "hasOwnProperty",
  "plain",
  "then",
  "toJSON",
];

test("A reference rejects values that are not VM objects", () => {
  using loaded = load({ modules: [types] });
  for (const bad of [1, 1n, "text", true, undefined, [1], {}, loaded]) {
    const error = assertThrows(
      () => loaded.call("list_size", bad as Value),
      IreeError,
      "argument 0 of 'list_size' must be a reference",
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

test("A failing function throws its code and message and can be called again", () => {
  using loaded = load({ modules: [types] });
  const codes = ["CANCELLED", "UNKNOWN", "INVALID_ARGUMENT"] as const;
  for (const [index, code] of codes.entries()) {
    const error = assertThrows(
      () => loaded.call("fail", index + 1),
      IreeError,
      `failed as asked: ${index + 1}`,
    );
    assertEquals(error.code, code);
    assertStringIncludes(error.status ?? "", code);
  }
  assertEquals(loaded.call("fail", 0), undefined);
});

test("A failing compiled function throws", () => {
  using loaded = load({ modules: [arithmetic] });
  loaded.call("require_positive", 1);
  const error = assertThrows(
    () => loaded.call("require_positive", -1),
    IreeError,
    "the number must be positive",
  );
  assertEquals(error.code, "FAILED_PRECONDITION");
});

test("A call lasts as long as its loop", () => {
  using loaded = load({ modules: [arithmetic] });
  assertEquals(typeof loaded.call("loop_i64", 1_000_000n), "bigint");
});

test("Functions are called by name, with types if given", () => {
  interface Arithmetic {
    add_i32(a: number, b: number): number;
  }
  using loaded = load<Arithmetic>({ modules: [arithmetic] });
  const sum: number = loaded.add_i32(1, 2);
  assertEquals(sum, 3);
  assertEquals(loaded.add_i32(3, 4), 7);
  assertEquals(Object.keys(loaded).includes("add_i64"), true);
});

test("A missing function's error lists the existing functions", () => {
  using loaded: LoadedProgram = load({ modules: [arithmetic] });
  const error = assertThrows(() => loaded.call("nope"), IreeError);
  assertEquals(error.code, "NOT_FOUND");
  assertStringIncludes(
    error.detail,
    "no function 'nope' exported by module 'arithmetic'",
  );
  assertStringIncludes(error.hint ?? "", "add_i32, add_i64");
});

test("A context finds functions of all its modules", () => {
  using loaded = load({ modules: [types, arithmetic] });
  using ours = loaded.context.lookupFunction("types.add_i32");
  using theirs = loaded.context.lookupFunction("arithmetic.add_i32");
  assertEquals([ours.call(1, 2), theirs.call(3, 4)], [3, 7]);
  assertEquals(ours.argumentTypes, ["i32", "i32"]);
  assertEquals(ours.resultTypes, ["i32"]);
  assertThrows(
    () => loaded.context.lookupFunction("nowhere.add"),
    IreeError,
    "no module for function 'nowhere.add'",
  );
});

test("A million calls leave no allocation behind, and make none themselves", () => {
  using loaded = load<{ add_i32(a: number, b: number): number }>({
    modules: [arithmetic],
  });
  const add = loaded.lookupFunction("add_i32");
  using bound = add.bind(1, 2);
  const ways: readonly ((sum: number) => unknown)[] = [
    (sum) => add.call(sum, 1),
    (sum) => add.compute(sum, 1),
    (sum) => loaded.add_i32(sum, 1),
    (sum) => (bound.run(), sum + 1),
  ];
  for (const way of ways) {
    let sum = way(0);
    const before = runtime.statistics.totalAllocations;
    for (let i = 1; i < 250_000; i++) sum = way(sum as number);
    assertEquals(sum, 250_000);
    assertEquals(runtime.statistics.totalAllocations - before, 0, `${way}`);
  }
});
