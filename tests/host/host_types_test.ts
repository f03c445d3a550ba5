import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { hostModule, IreeError, type NdArray } from "../../mod.ts";
import { test } from "../support.ts";

test("TypeScript infers parameters and results from the types", () => {
  const module = hostModule("typed", {
    all: {
      types: "(i32, i64, tensor<?x4xf32>, !vm.list) -> (i64, tensor<?xf32>)",
      call: (a, b, c, list) => {
        const checked: [number, bigint, NdArray, number | undefined] = [
          a,
          b,
          c,
          list?.size,
        ];
        return [checked[1], [checked[0]]];
      },
    },
    wrong: {
      types: "(i32) -> i32",
      // @ts-expect-error: the result must be a number.
      call: (a) => `${a}`,
    },
    wide: {
      types: "(i64) -> ()",
      // @ts-expect-error: an i64 is a bigint.
      call: (a: number) => {
        a.toFixed();
      },
    },
  });
  assertEquals(module.name, "typed");
});

test("hostModule rejects types that it cannot parse", () => {
  for (const types of ["", "i32", "(i32", "(what) -> i32", "(i32) -> (i32"]) {
    const error = assertThrows(
      () => hostModule("bad", { f: { types, call: () => {} } }),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.message, /types of 'bad\.f' must be like/);
  }
});

test("hostModule rejects names, options and functions that do not fit", () => {
  const reject = (body: () => unknown, message: RegExp) => {
    const error = assertThrows(body, IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.message, message);
  };
  reject(() => hostModule("a.b", {}), /must be an identifier, got 'a\.b'/);
  reject(() => hostModule("a", {}, { version: -1 }), /version must be/);
  reject(
    () => hostModule("a", {}, { versoin: 1 } as Record<string, number>),
    /options must be among version, .*, got 'versoin'/,
  );
  reject(
    () => hostModule("a", { f: 5 as never }),
    /function 'f' must be \{ types, call \}, got the number 5/,
  );
});
