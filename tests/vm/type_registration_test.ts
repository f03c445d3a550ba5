import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  type BufferView,
  BytecodeModule,
  Context,
  DynamicModule,
  Instance,
  IreeError,
  List,
  load,
  type VmRef,
} from "../../mod.ts";
import {
  moduleCompilerArguments,
  mustRun,
  nativeModule,
  program,
  ROOT,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

// IREE's type table has a bug that native/fixes/vm_instance.h fixes:
// unregistering a type damages the entries of types registered after it. The
// first two tests fail without the fix.

const sample = await sampleModule();
const types = await nativeModule("fixtures/types_module.cc");
const customImport = await program("custom_import.mlir");

const BUILTIN_TYPES = [
  "vm.buffer",
  "vm.list",
  "hal.buffer",
  "hal.buffer_view",
  "hal.device",
  "hal.fence",
];

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) {
      yield [item, ...rest];
    }
  }
}

/** Builds the fixture with another module and type name. */
async function buildRenamed(
  folder: TemporaryFolder,
  name: string,
): Promise<string> {
  const path = join(ROOT, "native/fixtures/types_module.cc");
  const text = (await Deno.readTextFile(path))
    .replace('"types.counter"', `"${name}.counter"`)
    .replace('NativeModule("types"', `NativeModule("${name}"`);
  const source = folder.join(`${name}.cc`);
  await Deno.writeTextFile(source, text);
  const library = folder.join(`${name}.so`);
  await mustRun("c++", await moduleCompilerArguments(source, library));
  return library;
}

/** Makes an object of a module of the fixture's kind and disposes it. */
function assertCounts(instance: Instance, module: DynamicModule): void {
  using context = Context.create(instance, [module]);
  using create = context.lookupFunction("counter_create", module);
  using add = context.lookupFunction("counter_add", module);
  using counter = create.call(40) as VmRef;
  assertEquals(counter.typeName, `${module.name}.counter`);
  assertEquals(add.call(counter, 2), 42);
}

test("Types of modules are registered and unregistered in every order", async () => {
  using folder = new TemporaryFolder();
  const libraries = new Map([["types", types]]);
  for (const name of ["second", "third"]) {
    libraries.set(name, await buildRenamed(folder, name));
  }
  const names = [...libraries.keys()];
  const orders = [...permutations(names)];
  assertEquals(orders.length, 6);
  for (const loading of orders) {
    for (const unloading of orders) {
      using instance = Instance.open();
      const modules = new Map(loading.map((name) => {
        const path = libraries.get(name) as string;
        return [name, DynamicModule.load(instance, path)];
      }));
      const order = `loaded ${loading}, unloaded ${unloading}`;
      for (const unloaded of unloading) {
        for (const module of modules.values()) assertCounts(instance, module);
        modules.get(unloaded)?.dispose();
        modules.delete(unloaded);
        for (const name of names) {
          assertEquals(
            instance.hasType(`${name}.counter`),
            modules.has(name),
            `${name} after ${unloaded}: ${order}`,
          );
        }
        for (const name of BUILTIN_TYPES) {
          assertEquals(instance.hasType(name), true, `${name}: ${order}`);
        }
      }
    }
  }
});

test("A program finds its types after another module's are unregistered", () => {
  using instance = Instance.open();
  const first = DynamicModule.load(instance, types);
  using second = DynamicModule.load(instance, sample);
  first.dispose();
  assertEquals(instance.hasType("types.counter"), false);
  // Loading looks up every type that the program names.
  using module = BytecodeModule.fromFile(instance, customImport);
  assertEquals(module.name, "custom_import");
  assertEquals(second.name, "custom");
});

test("A type stays registered as long as one of its modules lives", () => {
  using instance = Instance.open();
  using last = DynamicModule.load(instance, types);
  for (const order of permutations([0, 1, 2])) {
    const modules = [
      DynamicModule.load(instance, sample),
      DynamicModule.load(instance, sample, {
        exportName: "create_shout_module",
      }),
      DynamicModule.load(instance, sample),
    ];
    for (const [index, ordinal] of order.entries()) {
      assertEquals(instance.hasType("custom.string"), true);
      modules[ordinal].dispose();
      assertEquals(instance.hasType("custom.string"), index < 2);
    }
    assertEquals(instance.hasType("types.counter"), true);
  }
  assertCounts(instance, last);
});

test("A context keeps the types of its modules", () => {
  using instance = Instance.open();
  const module = DynamicModule.load(instance, sample);
  using context = Context.create(instance, [module]);
  module.dispose();
  assertEquals(instance.hasType("custom.string"), true);
  context.dispose();
  assertEquals(instance.hasType("custom.string"), false);
  const error = assertThrows(
    () => BytecodeModule.fromFile(instance, customImport),
    IreeError,
    "no type registered with name '!custom.string'",
  );
  assertEquals(error.code, "NOT_FOUND");
});

/** Loads the program that makes strings, and a module that makes tensors. */
function loadStrings() {
  return load({ modules: [types, `${sample}?quiet`, customImport] });
}

/** How many strings and counters live, counted by separate programs. */
function liveObjects(): { strings: unknown; counters: unknown } {
  using strings = loadStrings();
  using counters = load({ modules: [types] });
  return {
    strings: strings.call("live"),
    counters: counters.call("counter_live"),
  };
}

test("An object of a module's type outlives all of its origins", () => {
  assertEquals(liveObjects(), { strings: 0, counters: 0 });
  const first = loadStrings();
  const string = first.call("create_constant") as VmRef;
  assertEquals(first.call("live"), 1);
  const echo = first.call("echo", string) as VmRef;
  assertEquals(echo.equals(string), true);
  assertEquals(first.call("live"), 1);
  first.dispose();

  // The object alone holds the program, module and instance.
  assertEquals(string.typeName, "custom.string");
  assertEquals(liveObjects().strings, 1);
  {
    using second = loadStrings();
    second.call("print", string);
    using again = second.call("echo", string) as VmRef;
    assertEquals(again.equals(string), true);
    using other = second.call("create_constant") as VmRef;
    assertEquals(other.equals(string), false);
    assertEquals(second.call("live"), 2);
  }
  string.dispose();
  assertEquals(liveObjects().strings, 1);
  assertEquals(echo.typeName, "custom.string");
  echo.dispose();
  assertEquals(liveObjects(), { strings: 0, counters: 0 });
});

test("Objects in lists outlive all of their origins", () => {
  const instance = Instance.open();
  const module = DynamicModule.load(instance, types);
  const context = Context.create(instance, [module]);
  const create = context.lookupFunction("counter_create", module);
  const list = List.create(instance);
  for (let start = 0; start < 5; start++) {
    using counter = create.call(start) as VmRef;
    list.push(counter);
  }
  for (const object of [instance, context, create, module]) object.dispose();
  assertEquals(liveObjects().counters, 5);

  using other = load({ modules: [types] });
  for (let start = 0; start < 5; start++) {
    using counter = list.get(start) as VmRef;
    assertEquals(other.call("counter_add", counter, 100), start + 100);
  }
  list.resize(3);
  assertEquals(liveObjects().counters, 3);
  list.dispose();
  assertEquals(liveObjects().counters, 0);
});

test("A thousand objects are counted one by one", () => {
  using loaded = loadStrings();
  using make = loaded.context.lookupFunction("types.make_buffer_view");
  using view = make.call() as BufferView;
  const strings: VmRef[] = [];
  for (let i = 1; i <= 1000; i++) {
    strings.push(loaded.call("create", view) as VmRef);
    assertEquals(loaded.call("live"), i);
  }
  // A call that fails keeps none of its arguments.
  assertThrows(() => loaded.call("print", view), IreeError);
  for (const [index, string] of strings.entries()) {
    string.dispose();
    assertEquals(loaded.call("live"), 999 - index);
  }
});
