// How objects print themselves, their form in JSON, and that they are not
// cloned.

import {
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  BufferView,
  BuiltinModule,
  Context,
  Device,
  Instance,
  IreeError,
  List,
  load,
  type NativeObject,
  ParameterIndex,
  ParametersModule,
  VmBuffer,
} from "../../mod.ts";
import { program, test, withDevice } from "../support.ts";

const mul = await program("mul.mlir");
const mulAsync = await program("mul_async.mlir");
const structures = await program("structures.mlir");

const inspect = (value: unknown): string =>
  Deno.inspect(value, { breakLength: 400, compact: true, colors: false });

test("A tensor prints its type, shape, device and first elements", () => {
  withDevice((device, instance) => {
    using small = BufferView.from(device, new Float32Array([1, 2.5]), [2, 1]);
    assertEquals(
      inspect(small),
      'BufferView { elementType: "f32", shape: [ 2, 1 ], device: "local-sync", data: [ 1, 2.5 ] }',
    );
    using large = BufferView.zeros(device, "i32", [1000, 1000]);
    assertStringIncludes(
      inspect(large),
      "data: [ 0, 0, 0, 0, 0, 0, 0, 0, ... 999992 more ] }",
    );
    using scalar = BufferView.from(instance, 7n, [], { elementType: "i64" });
    assertEquals(
      inspect(scalar),
      'BufferView { elementType: "i64", shape: [], data: [ 7n ] }',
    );
    using empty = BufferView.zeros(instance, "f32", [0, 3]);
    assertStringIncludes(inspect(empty), "data: [] }");
  });
});

test("Elements of every type print as numbers, packed ones as bytes", () => {
  using instance = Instance.open();
  for (
    const [type, text] of [
      ["f16", "[ 0, 0 ]"],
      ["bf16", "[ 0, 0 ]"],
      ["i1", "[ 0, 0 ]"],
      ["i4", "[ 0 ]"],
      ["cf64", "[ [ 0, 0 ], [ 0, 0 ] ]"],
      ["i64", "[ 0n, 0n ]"],
    ] as const
  ) {
    using view = BufferView.zeros(instance, type, [2]);
    assertStringIncludes(inspect(view), `data: ${text}`, type);
  }
});

test("Every object prints, live, disposed and without a handle of its own", () => {
  withDevice((device, instance) => {
    using stack = new DisposableStack();
    const loaded = stack.use(load({ modules: [mul], device }));
    const index = stack.use(ParameterIndex.create(instance));
    index.addData("bias", new Float32Array(4));
    const view = stack.use(BufferView.from(device, new Float32Array(4)));
    const found = loaded.lookupFunction("mul");
    const objects: readonly [NativeObject, string][] = [
      [stack.use(Instance.open()), "Instance {}"],
      [stack.use(Device.create(instance, "local-sync")), "local-sync"],
      [stack.use(List.from(instance, [1, 2])), "elements: [ 1, 2 ]"],
      [
        stack.use(VmBuffer.from(instance, new Uint8Array([1, 2]))),
        "VmBuffer { byteLength: 2, bytes: [ 1, 2 ] }",
      ],
      [view, "data: [ 0, 0, 0, 0 ]"],
      [stack.use(view.map()), "array: [ 0, 0, 0, 0 ]"],
      [stack.use(BuiltinModule.create(instance, "vmvx")), 'name: "vmvx"'],
      [stack.use(loaded.context.fork()), '"mul"'],
      [loaded.context.modules[0], 'devices: [ "local-sync" ]'],
      [loaded.mainModule, '"mul"'],
      [found, "mul(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>"],
      [stack.use(found.bind(view, view)), "BoundCall {}"],
      [index, 'ParameterIndex { size: 1, keys: [ "bias" ] }'],
      [
        stack.use(
          ParametersModule.create(instance, [{ scope: "model", index }]),
        ),
        'scopes: [ "model" ]',
      ],
    ];
    for (const [object, text] of objects) {
      assertStringIncludes(inspect(object), text);
    }
    for (const [object] of objects.toReversed()) {
      object.dispose();
      const { name } = object.constructor;
      const text = inspect(object);
      assertStringIncludes(text, `${name} { disposed: true`);
      assertStringIncludes(inspect(Object.create(object)), name);
      assertEquals(inspect(Object.getPrototypeOf(object)), `${name} {}`);
    }
  });
});

test("A program prints its functions, those with structures too", () => {
  using loaded = load({ modules: [mul], device: "local-sync" });
  assertEquals(
    inspect(loaded),
    'LoadedProgram { functions: [ "mul(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>" ], devices: [ "local-sync" ] }',
  );
  using structured = load({ modules: [structures], device: "local-sync" });
  assertStringIncludes(
    inspect(structured),
    "layer({ bias: tensor<2xf32>, scales: [f32, [i32, i64]] }, tensor<2xf32>) -> " +
      "({ output: tensor<2xf32>, rest: [{ count: i64, step: i32 }, []] }, f32)",
  );
  loaded.dispose();
  assertStringIncludes(inspect(loaded), "LoadedProgram { disposed: true");
});

test("A tensor of a submission that is not finished prints why it has no elements", async () => {
  using loaded = load({ modules: [mulAsync], device: "local-task" });
  const { results, finished } = loaded.lookupFunction("mul")
    .submit([1, 2, 3, 4], [2, 2, 2, 2]);
  using view = results as BufferView;
  const text = inspect(view);
  assertStringIncludes(text, "shape: [ 4 ]");
  assertStringIncludes(text, "data: <the contents of this tensor");
  await finished;
  assertStringIncludes(inspect(view), "data: [ 2, 4, 6, 8 ]");
});

test("A list prints its first elements, objects by their kind", () => {
  withDevice((device, instance) => {
    using view = BufferView.from(device, new Float32Array(6), [2, 3]);
    using inner = List.from(instance, [1]);
    using bytes = VmBuffer.from(instance, new Uint8Array(5));
    using list = List.from(instance, [1, 2n, null, view, inner, bytes]);
    assertEquals(
      inspect(list),
      "List { size: 6, elements: [ 1, 2n, null, [BufferView 2x3xf32], [List of 1], [VmBuffer of 5 bytes] ] }",
    );
    list.resize(1000);
    assertStringIncludes(inspect(list), "... 992 more ] }");
  });
});

test("Tensors and lists have a form in JSON", () => {
  withDevice((device, instance) => {
    using view = BufferView.from(device, [[1n, -2n]], [1, 2], {
      elementType: "i64",
    });
    using inner = List.from(instance, [0.5, 3n]);
    using list = List.from(instance, [view, inner, null, 7]);
    assertEquals(
      JSON.stringify({ view, list }),
      '{"view":[[1,-2]],"list":[[[1,-2]],[0.5,3],null,7]}',
    );
  });
});

test("Values without a JSON form throw", () => {
  withDevice((device, instance) => {
    for (
      const [type, value, text] of [
        ["i64", 2n ** 53n, "9007199254740992n"],
        ["f32", NaN, "NaN"],
        ["f64", -Infinity, "-Infinity"],
      ] as const
    ) {
      using view = BufferView.from(device, [value], [1], { elementType: type });
      const error = assertThrows(() => JSON.stringify(view), IreeError);
      assertEquals(error.code, "OUT_OF_RANGE");
      assertEquals(error.detail, `${text} has no JSON form`);
    }
    using bytes = VmBuffer.from(instance, new Uint8Array(1));
    using list = List.from(instance, [bytes]);
    using loaded = load({ modules: [mul], device });
    for (
      const [object, name] of [
        [instance, "Instance objects have"],
        [device, "Device objects have"],
        [list, "VmBuffer objects have"],
        [loaded.context, "Context objects have"],
        [loaded, "programs have"],
      ] as const
    ) {
      const error = assertThrows(() => JSON.stringify(object), IreeError);
      assertEquals(error.detail, `${name} no JSON form`);
    }
  });
});

test("structuredClone and postMessage reject native objects wherever they are", () => {
  withDevice((device, instance) => {
    using view = BufferView.from(device, new Float32Array(4));
    using list = List.from(instance, [1]);
    using loaded = load({ modules: [mul], device });
    const { port1, port2 } = new MessageChannel();
    using stack = new DisposableStack();
    stack.defer(() => port1.close());
    stack.defer(() => port2.close());
    const objects: unknown[] = [
      ...[instance, device, view, list, loaded, loaded.context],
      ...[loaded.mainModule, loaded.lookupFunction("mul"), [{ in: view }]],
    ];
    for (const object of objects) {
      for (
        const clone of [
          () => structuredClone(object),
          () => port1.postMessage(object),
        ]
      ) {
        const error = assertThrows(clone, IreeError);
        assertEquals(error.code, "UNIMPLEMENTED");
        assertEquals(
          error.detail,
          "native objects cannot be cloned or posted to another thread",
        );
        assertNotEquals(error.hint, undefined);
      }
    }
  });
});

test("A context prints after its instance and device are disposed", () => {
  const instance = Instance.open();
  const device = Device.create(instance, "local-sync");
  using vmvx = BuiltinModule.create(instance, "vmvx");
  using context = Context.create(instance, [vmvx]);
  device.dispose();
  instance.dispose();
  assertEquals(inspect(context), 'Context { modules: [ "vmvx" ] }');
});
