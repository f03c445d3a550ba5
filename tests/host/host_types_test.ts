import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  Context,
  hostModule,
  Instance,
  IreeError,
  List,
  type NdArray,
  type Value,
} from "../../mod.ts";
import { test } from "../support.ts";
import "./first_callback.ts";

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
    several: {
      types: "(i32, i64) -> (i64, i32)",
      call: (a, b) => [b + 1n, a + 1],
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

test("Types can be a calling convention", () => {
  const module = hostModule("host", {
    all: {
      types: "0iIfFr_IiFfr",
      call: (a, b, c, d, object) => {
        const numbers: [number, bigint, number, number] = [a, b, c, d];
        return [numbers[1] + 1n, a + 1, d / 2, c / 2, object];
      },
    },
    nothing: { types: "0v_v", call: () => {} },
    wrong: {
      types: "0i_i",
      // @ts-expect-error: the result must be a number.
      call: (a) => `${a}`,
    },
  });
  using instance = Instance.open();
  using created = module.create(instance);
  using context = Context.create(instance, [created]);
  using all = context.lookupFunction("host.all");
  using list = List.from(instance, [5]);
  const [b, a, d, c, object] = all.call(1, 2n, 3, 4.5, list) as Value[];
  assertEquals([b, a, d, c], [3n, 2, 2.25, 1.5]);
  using same = object as List;
  assertEquals(same.toArray(), [5]);
  using nothing = context.lookupFunction("host.nothing");
  assertEquals(nothing.call(), undefined);
});

test("hostModule rejects types that it cannot parse", () => {
  const wrong = ["", "i32", "(i32", "(what) -> i32", "(i32) -> (i32"];
  const conventions = ["0", "0i", "1i_i", "0x_i", "0CiD_i", "0iv_i"];
  for (const types of [...wrong, ...conventions]) {
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
