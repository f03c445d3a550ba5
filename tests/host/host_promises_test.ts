// What a function in TypeScript and its caller may rely on.

import {
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  BufferView,
  BytecodeModule,
  Context,
  hostModule,
  type HostModuleDescription,
  Instance,
  IreeError,
  List,
  load,
  loadAsync,
  type LoadedProgram,
  type Value,
} from "../../mod.ts";
import { failureOf, program, test } from "../support.ts";
import { UNUSED } from "./support.ts";

/** How a call on this thread fails, and how one on another thread does. */
async function failBoth(
  description: HostModuleDescription,
  ...values: readonly Value[]
): Promise<IreeError[]> {
  using instance = Instance.open();
  using module = description.create(instance);
  using context = Context.create(instance, [module]);
  using called = context.lookupFunction(`${description.name}.f`);
  return [
    assertThrows(() => called.call(...values), IreeError),
    await failureOf(called.callAsync(...values)),
  ];
}

test("A thrown value becomes the cause, and its text the message", async () => {
  class Strange {
    toString(): string {
      throw new Error("not printable");
    }
  }
  const thrown: readonly (readonly [unknown, RegExp])[] = [
    [new TypeError("wrong\0type"), /UNKNOWN: wrongtype$/],
    ["a text", /UNKNOWN: a text$/],
    [undefined, /UNKNOWN: undefined$/],
    [null, /UNKNOWN: null$/],
    [17n, /UNKNOWN: 17$/],
    [new Strange(), /UNKNOWN: an exception without a message$/],
  ];
  for (const [value, message] of thrown) {
    const throwing = hostModule("throwing", {
      f: {
        types: "() -> ()",
        call: () => {
          throw value;
        },
      },
    });
    const rejecting = hostModule("rejecting", {
      f: { types: "() -> ()", call: () => Promise.reject<void>(value) },
    });
    const [now, later] = await failBoth(throwing);
    const [refused, rejected] = await failBoth(rejecting);
    for (const error of [now!, later!, rejected!]) {
      assertMatch(error.message.split("\n")[0]!, message);
      assertStrictEquals(error.cause, value);
    }
    assertEquals(refused!.code, "FAILED_PRECONDITION");
  }
});

test("A result of a wrong count, type, range or shape is named", async () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["() -> ()", 1, /'wrong\.f' must return nothing, got the number 1/],
    [
      "() -> (i32, i32)",
      [1],
      /must return an array of 2 results, got 1 results?/,
    ],
    [
      "() -> (i32, i32)",
      1,
      /must return an array of 2 results, got the number 1/,
    ],
    ["() -> (i32, i32)", [1, "2"], /result 1 of 'wrong\.f' must be/],
    ["() -> i8", 300, /result 0 of 'wrong\.f' must be/],
    ["() -> i1", 2, /result 0 of 'wrong\.f' must be/],
    ["() -> i64", 0.5, /result 0 of 'wrong\.f' must be/],
    ["() -> f32", 1e300, /result 0 of 'wrong\.f' must be/],
    ["() -> f64", 1n, /result 0 of 'wrong\.f' must be/],
    ["() -> !vm.list", {}, /result 0 of 'wrong\.f' must be an object/],
    [
      "() -> tensor<2xf32>",
      new Float32Array(3),
      /result 0 of 'wrong\.f' has 3 elements/,
    ],
    [
      "() -> tensor<2xf32>",
      new Int32Array(2),
      /result 0 of 'wrong\.f' is an Int32Array/,
    ],
    ["() -> tensor<2xf32>", [[1, 2]], /result 0 of 'wrong\.f'/],
    ["() -> tensor<2xf32>", "text", /result 0 of 'wrong\.f' must be a tensor/],
  ];
  for (const [types, result, message] of wrong) {
    const description = hostModule("wrong", {
      f: { types, call: () => result as never },
    });
    for (const error of await failBoth(description)) {
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertMatch(error.message, message);
    }
  }
});

test("Objects are released after the call, and may be disposed earlier", async () => {
  const kept: List[] = [];
  const keeping = hostModule("keeping", {
    f: {
      types: "(!vm.list, !vm.list<?>) -> i32",
      call: (first, second) => {
        kept.push(first!, second!);
        const size = first!.size;
        first!.dispose();
        return size;
      },
    },
  });
  using instance = Instance.open();
  using module = keeping.create(instance);
  using context = Context.create(instance, [module]);
  using called = context.lookupFunction("keeping.f");
  using list = List.from(instance, [1, 2]);
  assertEquals(called.call(list, list), 2);
  assertEquals(await called.callAsync(list, list), 2);
  assertEquals(kept.length, 4);
  for (const it of kept) {
    const error = assertThrows(() => it.size, IreeError);
    assertEquals(error.code, "FAILED_PRECONDITION");
  }
  assertEquals(list.size, 2);
});

test("A returned tensor may be any data that a call accepts", async () => {
  const data: readonly unknown[] = [
    [[1, 2], [3, 4]],
    new Float32Array([1, 2, 3, 4]),
    new Float32Array([1, 2, 3, 4]).buffer,
    { elementType: "f32", shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) },
  ];
  using instance = Instance.open();
  const of = (result: () => unknown) =>
    hostModule("data", {
      f: { types: "() -> tensor<2x2xf32>", call: result as () => never },
    });
  const view = () =>
    BufferView.from(instance, new Float32Array([1, 2, 3, 4]), [2, 2]);
  for (const result of [...data.map((it) => () => it), view]) {
    using module = of(result).create(instance);
    using context = Context.create(instance, [module]);
    using called = context.lookupFunction("data.f");
    for (const returned of [called.call(), await called.callAsync()]) {
      using it = returned as BufferView;
      assertEquals(it.format(), "2x2xf32=[1 2][3 4]");
    }
  }
});

test("Each context has a state of its own, until it is disposed", async () => {
  let created = 0;
  const counting = hostModule("counting", {
    f: { types: "() -> i32", call: ({ state }) => ++state.calls },
  }, { state: () => ({ calls: 10 * created++ }), version: 3 });
  using instance = Instance.open();
  using module = counting.create(instance);
  assertEquals(module.version, 3);
  using first = Context.create(instance, [module]);
  using second = Context.create(instance, [module]);
  const calls = async (context: Context) => {
    using called = context.lookupFunction("counting.f");
    return [called.call(), await called.callAsync()];
  };
  assertEquals(await calls(first), [1, 2]);
  assertEquals(await calls(second), [11, 12]);
  assertEquals(await calls(first), [3, 4]);
  assertEquals(created, 2);
});

test("A function may dispose the program that calls it", async () => {
  const path = await program("host.mlir");
  for (const way of ["call", "callAsync"] as const) {
    const holder: { called?: LoadedProgram } = {};
    const host = hostModule("host", {
      ...UNUSED,
      add: {
        types: "(i32, i32) -> i32",
        call: (a, b) => {
          holder.called!.dispose();
          return a + b;
        },
      },
    });
    const loaded = load({ modules: [host, path] }) as LoadedProgram;
    holder.called = loaded;
    const sum = loaded.lookupFunction("sum");
    assertEquals(await sum[way](1, 2), 5, way);
    const error = assertThrows(() => sum.call(1, 2), IreeError);
    assertEquals(error.code, "FAILED_PRECONDITION");
  }
});

test("A function may dispose the modules whose context is being created", async () => {
  const path = await program("host_initializer.mlir");
  for (const way of ["create", "fail"] as const) {
    const instance = Instance.open();
    const objects: Disposable[] = [];
    const host = hostModule("host", {
      start: {
        types: "() -> i32",
        call: () => {
          for (const it of objects) it[Symbol.dispose]();
          if (way !== "fail") return 7;
          throw new IreeError("DATA_LOSS", "nothing to start with");
        },
      },
    });
    const modules = [
      host.create(instance),
      BytecodeModule.fromFile(instance, path),
    ];
    objects.push(...modules, instance);
    if (way === "fail") {
      const error = assertThrows(() => Context.create(instance, modules));
      assertEquals((error as IreeError).code, "DATA_LOSS");
      continue;
    }
    using context = Context.create(instance, modules);
    using started = context.lookupFunction("boot.started");
    assertEquals(started.call(), 7);
    using fork = context.fork();
    assertEquals(fork.modules, modules);
  }
});

test("An initializer calls a function on this thread, and on another one", async () => {
  const modules = [
    hostModule("host", {
      start: { types: "() -> i32", call: () => 7 },
    }),
    await program("host_initializer.mlir"),
  ];
  using now = load({ modules });
  assertEquals(now.call("started"), 7);
  using later = await loadAsync({ modules });
  assertEquals(later.call("started"), 7);
});
