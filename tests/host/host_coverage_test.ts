// Every kind of value that a function in TypeScript can receive and return.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  BufferView,
  Context,
  ELEMENT_TYPES,
  hostModule,
  type HostModuleDescription,
  type HostParameters,
  hostType,
  Instance,
  IreeError,
  List,
  type NdArray,
  type Value,
  VmBuffer,
  type VmRef,
} from "../../mod.ts";
import { test } from "../support.ts";
import "./support.ts";

/** Calls a function of a module, on this thread and on another one. */
async function callBoth(
  description: HostModuleDescription,
  name: string,
  values: readonly Value[],
  check: (results: unknown, way: string) => void,
): Promise<void> {
  using instance = Instance.open();
  using module = description.create(instance);
  using context = Context.create(instance, [module]);
  using called = context.lookupFunction(`${description.name}.${name}`);
  check(called.call(...values), "call");
  check(await called.callAsync(...values), "callAsync");
}

/** Two elements of a type. */
function sample(elementType: (typeof ELEMENT_TYPES)[number]): BufferView {
  using instance = Instance.open();
  return BufferView.zeros(instance, elementType, [2, 4]);
}

test("A tensor of each element type comes in and goes out", async () => {
  for (const elementType of ELEMENT_TYPES) {
    const types: unknown[] = [];
    const echo = hostModule("echo", {
      f: {
        types: "(!hal.buffer_view) -> !hal.buffer_view",
        call: (x) => {
          types.push([x!.elementType, x!.shape]);
          return x;
        },
      },
    });
    using view = sample(elementType);
    await callBoth(echo, "f", [view], (result) => {
      using returned = result as BufferView;
      assertEquals(returned.elementType, elementType);
      assertEquals(returned.toBytes(), view.toBytes());
    });
    assertEquals(types, [[elementType, [2, 4]], [elementType, [2, 4]]]);
  }
});

test("A tensor arrives as a view without a copy where that is asked for", async () => {
  const views = hostModule("views", {
    f: {
      types: "(tensor<?x4xf32>) -> tensor<?x4xf32>",
      call: (x) => {
        const view: BufferView = x;
        view.write(new Float32Array([9]), 1);
        return view;
      },
    },
  }, { tensors: "views" });
  using instance = Instance.open();
  using view = BufferView.from(instance, new Float32Array(4), [1, 4]);
  await callBoth(views, "f", [view], (result) => {
    using returned = result as BufferView;
    assertEquals(returned.toTypedArray(), new Float32Array([0, 9, 0, 0]));
    assertEquals(view.toTypedArray(), new Float32Array([0, 9, 0, 0]));
  });
});

test("A null of each kind comes in and goes out, but not for a tensor", async () => {
  const thing = hostType<number>("nulls.thing");
  const kinds = "!hal.buffer_view, !vm.list, !vm.buffer, !nulls.thing, !x.y";
  const nulls = hostModule("nulls", {
    objects: {
      types: `(${kinds}) -> (${kinds})` as string,
      call: ((...values: unknown[]) => values.slice(0, 5)) as never,
    },
    tensor: { types: "() -> tensor<2xf32>", call: () => null as never },
  }, { hostTypes: [thing] });
  const all = Array<null>(5).fill(null);
  await callBoth(nulls, "objects", all, (results) => {
    assertEquals(results, all);
  });
  using instance = Instance.open();
  using module = nulls.create(instance);
  using context = Context.create(instance, [module]);
  using tensor = context.lookupFunction("nulls.tensor");
  const error = assertThrows(() => tensor.call(), IreeError);
  assertMatch(error.message, /result 0 of 'nulls\.tensor' must be/);
});

test("Objects of each kind come in and go out as the same ones", async () => {
  const thing = hostType<{ id: number }, "all.thing">("all.thing");
  const foreign = hostType<string, "all.foreign">("all.foreign");
  const all = hostModule("all", {
    f: {
      types:
        "(!vm.list, !vm.buffer, !all.thing, !all.foreign) -> (!all.foreign, !all.thing, !vm.buffer, !vm.list)",
      call: (list, buffer, held, other) => {
        list!.push(held!.id);
        return [other, held, buffer, list] as const;
      },
    },
  }, { hostTypes: [thing] });
  using instance = Instance.open();
  using list = List.create(instance);
  using buffer = VmBuffer.from(instance, new Uint8Array([7]));
  const held = { id: 3 };
  using first = thing.create(instance, held);
  using second = foreign.create(instance, "text");
  await callBoth(all, "f", [list, buffer, first, second], (results) => {
    const [other, same, bytes, values] = results as [
      VmRef,
      VmRef,
      VmBuffer,
      List,
    ];
    assertEquals(foreign.read(other), "text");
    assertEquals(thing.read(same) === held, true);
    assertEquals(bytes.toBytes(), new Uint8Array([7]));
    assertEquals(values.get(0), 3);
    for (const it of [other, same, bytes, values]) it.dispose();
  });
  assertEquals(list.size, 2);
});

test("A function has up to 255 arguments, and as many results", async () => {
  const count = 255;
  const kinds = ["i32", "i64", "f32", "f64", "!vm.list"];
  const types = Array.from({ length: count }, (_, at) => kinds[at % 5]).join();
  const values = Array.from(
    { length: count },
    (_, at) => at % 5 === 1 ? BigInt(at) : at % 5 === 4 ? null : at,
  );
  const wide = hostModule("wide", {
    f: {
      types: `(${types}) -> (${types})` as string,
      call: ((...given: unknown[]) => given.slice(0, count)) as never,
    },
  });
  await callBoth(wide, "f", values, (results) => {
    assertEquals(results, values);
  });
});

test("Integers of each width are checked and sign-extended", async () => {
  const limits: readonly (readonly [string, number, number])[] = [
    ["i8", -128, 127],
    ["i16", -32768, 32767],
    ["i32", -(2 ** 31), 2 ** 31 - 1],
  ];
  for (const [type, low, high] of limits) {
    let result = 0;
    const edge = hostModule("edge", {
      f: {
        types: `(${type}) -> ${type}` as "(i32) -> i32",
        call: (x) => result === 0 ? x : result,
      },
    });
    for (const value of [low, high, -1]) {
      await callBoth(edge, "f", [value], (returned) => {
        assertEquals(returned, value, type);
      });
    }
    result = 2 ** 33;
    using instance = Instance.open();
    using module = edge.create(instance);
    using context = Context.create(instance, [module]);
    using called = context.lookupFunction("edge.f");
    const error = assertThrows(() => called.call(1), IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

test("Creation parameters reach functions and the state", async () => {
  const given = hostModule("given", {
    f: {
      types: "() -> i32",
      call: ({ state, parameters }) =>
        state.start + Number(parameters["more"] ?? 0),
    },
  }, {
    state: ({ start = "1" }: HostParameters) => ({ start: Number(start) }),
  });
  await callBoth(given, "f", [], (it) => assertEquals(it, 1));
  const changed = given.with({ start: "5", more: "2" });
  await callBoth(changed, "f", [], (it) => assertEquals(it, 7));
  for (const wrong of [5, null, [], { a: 1 }]) {
    const error = assertThrows(() => given.with(wrong as never), IreeError);
    assertMatch(error.message, /parameters must be texts by name/);
  }
});

test("A function receives the signal of its caller, which ends the call", async () => {
  const controller = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const slow = hostModule("slow", {
    f: {
      types: "(i32) -> i32",
      call: (x, { signal }) => {
        signals.push(signal);
        if (x === 0) return 1;
        controller.abort(new RangeError("too slow"));
        return new Promise<number>(() => {});
      },
    },
  });
  using instance = Instance.open();
  using module = slow.create(instance);
  using context = Context.create(instance, [module]);
  using called = context.lookupFunction("slow.f");
  const { signal } = controller;
  const error = await called.with({ signal }).callAsync(1).catch((it) => it);
  assertEquals(error, signal.reason);
  // The context works afterwards.
  assertEquals(await called.callAsync(0), 1);
  assertEquals(called.call(0), 1);
  assertEquals(signals, [signal, undefined, undefined]);
});

test("A large tensor is passed as a view without a copy", async () => {
  const length = 16 * 2 ** 20;
  const large = hostModule("large", {
    f: {
      types: "(tensor<?xf32>) -> f32",
      call: (view) => {
        using mapping = view.map();
        return (mapping.array as Float32Array)[length - 1]!;
      },
    },
  }, { tensors: "views" });
  using instance = Instance.open();
  const data = new Float32Array(length);
  data[length - 1] = 5;
  using view = BufferView.from(instance, data);
  await callBoth(large, "f", [view], (it) => assertEquals(it, 5));
});

test("A returned NdArray keeps its element type", async () => {
  const data: NdArray = {
    elementType: "bf16",
    shape: [2],
    data: new Uint16Array([0x3f80, 0x4000]),
  };
  const typed = hostModule("typed", {
    f: { types: "() -> !hal.buffer_view", call: () => data },
  });
  await callBoth(typed, "f", [], (it) => {
    using view = it as BufferView;
    assertEquals(view.format(), "2xbf16=1 2");
  });
});
