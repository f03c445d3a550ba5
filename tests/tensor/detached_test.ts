import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Argument,
  BufferView,
  BytecodeModule,
  type Device,
  type Instance,
  IreeError,
  List,
  load,
  ParameterIndex,
  VmBuffer,
} from "../../mod.ts";
import { inspect } from "../../lib/inspect/mod.ts";
import { decodeNpy, encodeNpy } from "../../lib/npy/mod.ts";
import { parseTensor } from "../../lib/tooling/mod.ts";
import { program, test, withDevice } from "../support.ts";

// The engine treats an array with detached memory as empty. Without a check, a
// program would compute with nothing and return a number.

const shapes = await program("shapes.mlir");
const elements = await program("elements.mlir");
const structures = await program("structures.mlir");

/** Every way to detach an array's memory. */
const WAYS: Readonly<
  Record<string, (device: Device, instance: Instance) => Uint8Array>
> = {
  "is transferred": () => {
    const array = new Uint8Array(16);
    array.buffer.transfer();
    return array;
  },
  "is posted to another thread": () => {
    const array = new Uint8Array(16);
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(array, [array.buffer]);
    port1.close();
    port2.close();
    return array;
  },
  "is imported": (device, instance) => {
    const array = BufferView.alignedArray(instance, "ui8", 16);
    BufferView.import(device, array).dispose();
    return array;
  },
  "is imported without an element": (device, instance) => {
    const array = BufferView.alignedArray(instance, "ui8", 0);
    BufferView.import(device, array).dispose();
    return array;
  },
  "is unmapped": (device) => {
    using view = BufferView.from(device, new Uint8Array(16));
    using mapping = view.map("ui8");
    return mapping.array;
  },
  "is unmapped without an element": (device) => {
    using view = BufferView.from(device, new Uint8Array(0));
    using mapping = view.map("ui8");
    return mapping.array;
  },
  "is WebAssembly's, and grows": () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const array = new Uint8Array(memory.buffer);
    memory.grow(1);
    return array;
  },
  "is cut off before the array": () => {
    const buffer = new ArrayBuffer(32, { maxByteLength: 32 });
    const array = new Uint8Array(buffer, 16);
    buffer.resize(8);
    return array;
  },
  "is cut off within the array": () => {
    const buffer = new ArrayBuffer(32, { maxByteLength: 32 });
    const array = new Uint8Array(buffer, 8, 16);
    buffer.resize(16);
    return array;
  },
};

type Place = (
  bytes: Uint8Array,
  given: { device: Device; instance: Instance },
) => unknown;

/** Every function that reads an array or writes to one. */
const PLACES: Readonly<Record<string, Place>> = {
  "BufferView.from": (bytes, { device }) => BufferView.from(device, bytes),
  "BufferView.from of i1": (bytes, { device }) =>
    BufferView.from(device, bytes, [0], { elementType: "i1" }),
  "BufferView.from of an NdArray": (data, { device }) =>
    BufferView.from(device, { elementType: "ui8", shape: [0], data }),
  "BufferView.import": (bytes, { device }) => BufferView.import(device, bytes),
  "BufferView.read": (bytes, { device }) => {
    using view = BufferView.from(device, new Uint8Array(16));
    view.read(bytes);
  },
  "BufferView.write": (bytes, { device }) => {
    using view = BufferView.from(device, new Uint8Array(16));
    view.write(bytes);
  },
  "parseTensor": (bytes, { instance }) => parseTensor(instance, "0xi8", bytes),
  "encodeNpy": (bytes) => encodeNpy(bytes),
  "decodeNpy": (bytes) => decodeNpy(bytes),
  "VmBuffer.from": (bytes, { instance }) => VmBuffer.from(instance, bytes),
  "VmBuffer.read": (bytes, { instance }) => {
    using buffer = VmBuffer.from(instance, new Uint8Array(16));
    buffer.read(bytes);
  },
  "VmBuffer.write": (bytes, { instance }) => {
    using buffer = VmBuffer.from(instance, new Uint8Array(16));
    buffer.write(bytes);
  },
  "List.from": (bytes, { instance }) => List.from(instance, bytes, "i32"),
  "ParameterIndex.addData": (bytes, { instance }) => {
    using index = ParameterIndex.create(instance);
    index.addData("weight", bytes);
  },
  "ParameterIndex.addSplat": (bytes, { instance }) => {
    using index = ParameterIndex.create(instance);
    index.addSplat("weight", 16, bytes);
  },
  "metadata of a parameter": (metadata, { instance }) => {
    using index = ParameterIndex.create(instance);
    index.addData("weight", new Uint8Array(1), { metadata });
  },
  "BytecodeModule.fromBytes": (bytes, { instance }) =>
    BytecodeModule.fromBytes(instance, bytes),
  "load": (bytes) => load({ modules: [bytes] }),
  "inspect": (bytes) => inspect(bytes),
};

function assertDetached(call: () => unknown, where: string): void {
  const error = assertThrows(call, IreeError, undefined, where);
  assertEquals(error.code, "INVALID_ARGUMENT", where);
  assertStringIncludes(error.detail, "is detached: ", where);
}

for (const [way, lose] of Object.entries(WAYS)) {
  test(`Every function rejects an array whose memory ${way}`, () => {
    withDevice((device, instance) => {
      const bytes = lose(device, instance);
      assertEquals(bytes.byteLength, 0);
      for (const [place, use] of Object.entries(PLACES)) {
        assertDetached(() => use(bytes, { device, instance }), place);
      }
    });
  });
}

test("Every function of bytes rejects a transferred buffer or DataView", () => {
  withDevice((device, instance) => {
    const buffer = new ArrayBuffer(16);
    const view = new DataView(buffer);
    buffer.transfer();
    using index = ParameterIndex.create(instance);
    for (const data of [buffer, view]) {
      assertDetached(() => index.addData("weight", data), "addData");
      assertDetached(() => index.addSplat("weight", 16, data), "addSplat");
    }
    assertDetached(() => VmBuffer.from(instance, buffer), "VmBuffer.from");
    assertDetached(() => load({ modules: [buffer] }), "load");
    const cut = new ArrayBuffer(16, { maxByteLength: 16 });
    const part = new DataView(cut, 8, 8);
    cut.resize(8);
    assertDetached(() => index.addData("weight", part), "a cut DataView");
    assertEquals(device.disposed, false);
  });
});

test("Every way of calling names the argument with detached memory", async () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  using other = load({ modules: [elements], device: "local-sync" });
  const gone = new Float32Array([1, 2, 3, 4]);
  gone.buffer.transfer();
  const there = new Float32Array(4);
  const vector = loaded.lookupFunction("vector");
  const add = other.lookupFunction("add_f32");
  const data: Argument = { elementType: "f32", shape: [0], data: gone };
  for (const given of [gone, data]) {
    for (
      const call of [
        () => vector.call(given),
        () => vector.compute(given),
        () => vector.with({ shapes: true }).compute(given),
        () => vector.bind(given),
      ]
    ) {
      assertDetached(call, "a call");
      assertStringIncludes(
        assertThrows(call, IreeError).detail,
        "argument 0 of 'vector': input0 is detached",
      );
    }
    for (
      const call of [
        () => vector.callAsync(given),
        () => vector.computeAsync(given),
      ]
    ) {
      const error = await call().then(() => undefined, (error) => error);
      assertStringIncludes(String(error), "input0 is detached");
    }
  }
  // Also with a known shape, and after an argument with memory.
  assertStringIncludes(
    assertThrows(() => add.compute(there, gone), IreeError).detail,
    "argument 1 of 'add_f32': input1 is detached",
  );
  assertStringIncludes(
    assertThrows(
      () => add.with({ into: [gone] }).compute(there, there),
      IreeError,
    ).detail,
    "result 0 of 'add_f32': the array for it is detached",
  );
});

test("A tensor with detached memory in a structure is named", () => {
  using loaded = load({ modules: [structures], device: "local-sync" });
  const bias = new Float32Array(2);
  bias.buffer.transfer();
  const error = assertThrows(
    () =>
      loaded.lookupFunction("layer").call(
        { bias, scales: [[1, [1, 1n]]] } as unknown as Argument,
        new Float32Array(2),
      ),
    IreeError,
  );
  assertStringIncludes(error.detail, "argument 0.bias of 'layer'");
  assertStringIncludes(error.detail, "is detached");
});

test("An empty array with attached memory is an empty tensor", () => {
  using loaded = load({ modules: [shapes], device: "local-sync" });
  const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
  const end = new Float32Array(buffer, 8);
  buffer.resize(8);
  for (
    const empty of [
      new Float32Array(),
      new Float32Array(new ArrayBuffer(16), 16),
      new Float32Array(new SharedArrayBuffer(0)),
      end,
    ]
  ) {
    using view = loaded.call("vector", empty) as BufferView;
    assertEquals(view.shape, [0]);
  }
});
