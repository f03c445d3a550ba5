import { assertEquals, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  BufferView,
  BuiltinModule,
  type BuiltinModuleName,
  BytecodeModule,
  Context,
  Device,
  DynamicModule,
  HalModule,
  Instance,
  IreeError,
  List,
  load,
  type Module,
  type ModuleMode,
  VmBuffer,
  VmRef,
} from "../../mod.ts";
import { parseTensor } from "../../lib/tooling/mod.ts";
import {
  nativeModule,
  program,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

// Whatever the types forbid but JavaScript allows throws a clear error.

const types = await nativeModule("fixtures/types_module.cc");
const sample = await sampleModule();
const single = await program("single.mlir");
const bytes = await Deno.readFile(single);

function refused(use: () => unknown, words: string): void {
  const error = assertThrows(use, IreeError, words);
  assertEquals(error.code, "INVALID_ARGUMENT");
}

test("Constructors of native objects throw", () => {
  const handles = [undefined, null, {}, { pointer: null, release() {} }, 1];
  for (const type of [List, VmBuffer, BufferView, VmRef, Instance]) {
    for (const handle of handles) {
      const make = type as unknown as new (handle: unknown) => unknown;
      refused(() => new make(handle), "has no public constructor");
    }
  }
});

test("An object of another class is rejected", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using vmvx = BuiltinModule.create(instance, "vmvx");
  using list = List.create(instance);
  using other = List.create(instance);
  const words = "native object must be of kind";
  refused(() => Context.create(instance, [device as unknown as Module]), words);
  refused(
    () => Context.create(vmvx as unknown as Instance, [vmvx]),
    words,
  );
  refused(
    () => HalModule.create(instance, vmvx as unknown as Device),
    "in creation order, got ",
  );
  const { get } =
    Object.getOwnPropertyDescriptor(VmBuffer.prototype, "byteLength") ?? {};
  refused(() => get?.call(list), words);
  refused(
    () => VmRef.prototype.equals.call(list as never, other as never),
    words,
  );
});

test("Only byte arrays are accepted as bytes, at their current length", () => {
  using instance = Instance.open();
  using buffer = VmBuffer.from(instance, new Uint8Array([1, 2, 3, 4]));
  const lying = new Uint8Array(bytes);
  Object.defineProperty(lying, "length", { value: 1 << 22 });
  Object.defineProperty(lying, "byteLength", { value: 1 << 22 });
  class Liar extends Uint8Array {
    override get length(): number {
      return 1 << 22;
    }
  }
  {
    using module = BytecodeModule.fromBytes(instance, lying);
    assertEquals(module.name, "single");
    using copy = VmBuffer.from(
      instance,
      Liar.of(1, 2, 3) as Uint8Array<ArrayBuffer>,
    );
    assertEquals(copy.toBytes(), new Uint8Array([1, 2, 3]));
    const target = Liar.of(0, 0) as Uint8Array<ArrayBuffer>;
    buffer.read(target, 2);
    assertEquals([target[0], target[1]], [3, 4]);
  }
  for (
    const wrong of [
      new Float32Array(2),
      new DataView(new ArrayBuffer(4)),
      Object.create(ArrayBuffer.prototype),
      [1, 2],
      "text",
      null,
      undefined,
      Object.create(Uint8Array.prototype),
    ] as unknown as Uint8Array<ArrayBuffer>[]
  ) {
    refused(() => VmBuffer.from(instance, wrong), "must be a Uint8Array");
    refused(() => buffer.read(wrong), "must be a Uint8Array");
    refused(() => buffer.write(wrong), "must be a Uint8Array");
    refused(() => BytecodeModule.fromBytes(instance, wrong), "Uint8Array");
  }
  const gone = new Uint8Array(4);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  refused(() => VmBuffer.from(instance, gone), "is detached");
});

test("Values that are not objects of the package are rejected", () => {
  for (
    const [object, name] of [
      [null, "null"],
      [undefined, "undefined"],
      [1, "Number"],
      [{}, "Object"],
      [Object.create(null), "object"],
      [Object.create(Instance.prototype), "Instance"],
    ] as [Instance, string][]
  ) {
    const words = name === "Instance"
      ? "this Instance was not created by this package"
      : `an argument must be an object of this package, got ${name}`;
    refused(() => List.create(object), words);
    refused(() => VmBuffer.from(object, new Uint8Array(1)), words);
  }
  using instance = Instance.open();
  refused(() => parseTensor(instance, 1 as never), "must be a string");
});

test("Modules and options of the wrong kind are rejected", () => {
  using instance = Instance.open();
  for (const modules of ["x.vmfb", null, undefined, {}]) {
    refused(() => load({ modules: modules as never }), "must be an array");
  }
  for (const module of [null, 1, {}, Promise.resolve(), [1]]) {
    refused(
      () => load({ modules: [module as never] }),
      "a module must be a path",
    );
  }
  for (const name of ["hal", "foo", "toString"]) {
    refused(
      () => BuiltinModule.create(instance, name as BuiltinModuleName),
      `got '${name}'`,
    );
  }
  for (const mode of ["mmpa", "", null] as unknown as ModuleMode[]) {
    refused(
      () => BytecodeModule.fromFile(instance, single, { mode }),
      "mode must be preload or mmap",
    );
  }
});

test("A query after a module's path in a URL is kept", () => {
  const url = new URL(`${toFileUrl(sample)}?prefix=a b%25c`);
  refused(
    () => load({ modules: [new URL(`${toFileUrl(sample)}?no=1`)] }),
    "'no'",
  );
  using loaded = load({ modules: [url] });
  assertEquals(loaded.mainModule.name, "custom");
  using instance = Instance.open();
  for (const it of [url, url.href]) {
    refused(
      () => DynamicModule.load(instance, it),
      "the URL of a library must have no query and no fragment",
    );
  }
});

test("Loading a dependency of the library as a module throws", () => {
  const error = assertThrows(
    () => load({ modules: [`${types}@printf`] }),
    IreeError,
    "symbol 'printf' not found in library",
  );
  assertEquals(error.code, "NOT_FOUND");
});

test("A changed library is rejected under any spelling of its path", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("m.so");
  await Deno.copyFile(types, path);
  using first = load({ modules: [path] });
  assertEquals(first.mainModule.name, "types");
  await Deno.remove(path);
  await Deno.copyFile(sample, path);
  await Deno.symlink(path, folder.join("link.so"));
  for (
    const spelling of [path, `${folder.path}/./m.so`, folder.join("link.so")]
  ) {
    const error = assertThrows(
      () => load({ modules: [spelling] }),
      IreeError,
      "changed on disk after it was loaded",
    );
    assertEquals(error.code, "FAILED_PRECONDITION");
  }
  await Deno.rename(path, folder.join("new.so"));
  using second = load({ modules: [folder.join("new.so")] });
  assertEquals(second.mainModule.name, "custom");
});

test("A file larger than memory is rejected", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("huge.vmfb");
  using file = await Deno.create(path);
  await file.truncate(15 * 2 ** 40);
  const error = assertThrows(() => load({ modules: [path] }), IreeError);
  assertEquals(error.code, "RESOURCE_EXHAUSTED");
});
