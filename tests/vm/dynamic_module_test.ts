import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  type BufferView,
  Context,
  DynamicModule,
  type DynamicModuleOptions,
  Instance,
  load,
  type ModuleParameters,
  type VmBuffer,
  type VmRef,
} from "../../mod.ts";
import {
  moduleCompilerArguments,
  mustRun,
  nativeModule,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

const sample = await sampleModule();
const types = await nativeModule("fixtures/types_module.cc");
const parametersModule = await nativeModule("fixtures/parameters_module.cc");

/** Loads a module, checks its name and disposes it. */
function assertLoads(
  path: string | URL,
  name: string,
  options?: DynamicModuleOptions,
): void {
  using instance = Instance.open();
  using module = DynamicModule.load(instance, path, options);
  assertEquals(module.name, name);
}

/** The parameters that a creation function receives. */
function received(parameters?: ModuleParameters): [string, string][] {
  using instance = Instance.open();
  using module = DynamicModule.load(instance, parametersModule, { parameters });
  using context = Context.create(instance, [module]);
  using count = context.lookupFunction("count", module);
  const read = (name: string, ordinal: number) => {
    using lookup = context.lookupFunction(name, module);
    using buffer = lookup.call(ordinal) as VmBuffer;
    return buffer.toText();
  };
  return Array.from(
    { length: count.call() as number },
    (_, ordinal) => [read("key", ordinal), read("value", ordinal)],
  );
}

test("The default export is used unless one is named", () => {
  using instance = Instance.open();
  for (const exportName of [undefined, "", "iree_vm_dynamic_module_create"]) {
    using module = DynamicModule.load(instance, sample, { exportName });
    assertEquals(module.name, "custom");
    assertEquals(module.exportName, "iree_vm_dynamic_module_create");
    assertEquals(module.path, sample);
  }
});

test("A named export creates the module, from a path or a URL", () => {
  for (const path of [sample, toFileUrl(sample)]) {
    assertLoads(path, "custom", { exportName: "create_custom_module" });
    assertLoads(path, "shout", { exportName: "create_shout_module" });
  }
});

test("Several exports of one library work in one context", () => {
  using loaded = load({
    modules: [
      `${sample}@create_custom_module?quiet`,
      `${sample}@create_shout_module?quiet`,
      types,
    ],
  });
  const { context } = loaded;
  assertEquals(
    context.modules.map(({ name }) => name),
    ["custom", "shout", "types"],
  );
  using view = loaded.call("make_buffer_view") as BufferView;
  const make = (module: string) => {
    using found = context.lookupFunction(`${module}.string.from_tensor`);
    return found.call(view) as VmRef;
  };
  using custom = make("custom");
  using shout = make("shout");
  assertEquals(custom.equals(shout), false);
  // Both share one type, so each accepts the other's objects and counts them.
  for (const module of ["custom", "shout"]) {
    using print = context.lookupFunction(`${module}.string.print`);
    for (const string of [custom, shout]) {
      assertEquals(string.typeName, "custom.string");
      print.call(string);
    }
    using live = context.lookupFunction(`${module}.string.live`);
    assertEquals(live.call(), 2);
  }
});

test("Parameters arrive as given, from a record, a map or pairs", () => {
  assertEquals(received(), []);
  assertEquals(received({}), []);
  assertEquals(received([]), []);
  const pairs: [string, string][] = [["b", "2"], ["a", "1"], ["c", ""]];
  assertEquals(received(Object.fromEntries(pairs)), pairs);
  assertEquals(received(new Map(pairs)), pairs);
  assertEquals(received(pairs), pairs);
  assertEquals(received(pairs.values()), pairs);
});

test("Parameters keep order, repeated keys and every character", () => {
  const pairs: [string, string][] = [
    ["key", "first"],
    ["other", "a=b&c?d@e%41+ #"],
    ["key", "second"],
    ["key", ""],
    ["", "empty key"],
    ["", ""],
    ["schlüssel=&?@", "wört 日本 🙂"],
    ["nul", "a\0b"],
    ["line", "a\n\tb"],
    ["key", "first"],
    ["long", "é".repeat(100_000)],
  ];
  assertEquals(received(pairs), pairs);
  const many = Array.from(
    { length: 2000 },
    (_, i): [string, string] => [`${i % 7}`, `${i}`],
  );
  assertEquals(received(many), many);
});

test("Names without a slash are files in the working directory", async () => {
  using folder = new TemporaryFolder();
  // The system's loader would search its own library folders.
  await Deno.copyFile(sample, folder.join("libm.so.6"));
  await Deno.copyFile(sample, folder.join("libcustom.so.1"));
  await Deno.mkdir(folder.join("dir@2?x"));
  await Deno.copyFile(sample, folder.join("dir@2?x", "at@1.so"));
  const before = Deno.cwd();
  Deno.chdir(folder.path);
  try {
    assertLoads("libm.so.6", "custom");
    assertLoads("dir@2?x/at@1.so", "custom");
    for (
      const [uri, name] of [
        ["libcustom.so.1", "custom"],
        ["libcustom.so.1@create_shout_module", "shout"],
        ["dir@2?x/at@1.so@create_shout_module?quiet&prefix=@", "shout"],
      ]
    ) {
      using loaded = load({ modules: [uri] });
      assertEquals(loaded.mainModule.name, name);
    }
  } finally {
    Deno.chdir(before);
  }
});

test("A C++ module lists its name, version and functions", () => {
  using instance = Instance.open();
  using module = DynamicModule.load(instance, types);
  assertEquals(module.name, "types");
  assertEquals(module.version, 0);
  assertEquals(module.attributes, {});
  assertEquals(module.imports, []);
  assertEquals(module.dependencies, []);
  const conventions = new Map(
    module.exports.map((it) => [it.name, it.callingConvention]),
  );
  assertEquals(conventions.size, 19);
  assertEquals(conventions.get("add_i32"), "0ii_i");
  assertEquals(conventions.get("mixed"), "0iIfFiIfF_iIF");
  assertEquals(conventions.get("nothing"), "0v_v");
  assertEquals(conventions.get("counter_add"), "0ri_i");
  assertEquals(module.exports[0].attributes, {});
  assertEquals(module.exports[0].optional, false);
});

test("A C module lists its imports, dependencies and attributes too", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("described.so");
  await Deno.writeTextFile(folder.join("described.cc"), DESCRIBED_MODULE);
  const source = folder.join("described.cc");
  await mustRun("c++", await moduleCompilerArguments(source, path));
  using instance = Instance.open();
  using module = DynamicModule.load(instance, path);
  assertEquals(module.name, "described");
  assertEquals(module.version, 7);
  assertEquals(module.attributes, { author: "Zoë", empty: "" });
  assertEquals(module.dependencies, [
    { name: "needed", minimumVersion: 3, optional: false },
    { name: "wanted", minimumVersion: 0, optional: true },
  ]);
  assertEquals(
    module.imports.map(({ name, optional }) => ({ name, optional })),
    [
      { name: "needed.a", optional: false },
      { name: "wanted.b", optional: true },
    ],
  );
  const optional = false;
  assertEquals(module.exports, [
    {
      name: "bare",
      callingConvention: "0v_v",
      attributes: {},
      optional,
    },
    {
      name: "documented",
      callingConvention: "0iI_r",
      attributes: {
        doc: "what it does",
        "iree.abi.declaration": "documented()",
      },
      optional,
    },
  ]);
});

const DESCRIBED_MODULE = `
#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/dynamic/api.h"
#include "iree/vm/native_module.h"

static const iree_string_pair_t attributes[] = {
    {IREE_SVL("author"), IREE_SVL("Zo\\xC3\\xAB")},
    {IREE_SVL("empty"), IREE_SVL("")},
};
static const iree_vm_module_dependency_t dependencies[] = {
    {IREE_SVL("needed"), 3, IREE_VM_MODULE_DEPENDENCY_FLAG_REQUIRED},
    {IREE_SVL("wanted"), 0, IREE_VM_MODULE_DEPENDENCY_FLAG_OPTIONAL},
};
static const iree_vm_native_import_descriptor_t imports[] = {
    {IREE_VM_NATIVE_IMPORT_REQUIRED, IREE_SVL("needed.a")},
    {IREE_VM_NATIVE_IMPORT_OPTIONAL, IREE_SVL("wanted.b")},
};
static const iree_string_pair_t documented_attributes[] = {
    {IREE_SVL("doc"), IREE_SVL("what it does")},
    {IREE_SVL("iree.abi.declaration"), IREE_SVL("documented()")},
};
static const iree_vm_native_export_descriptor_t exports[] = {
    {IREE_SVL("bare"), IREE_SVL("0v_v"), 0, nullptr},
    {IREE_SVL("documented"), IREE_SVL("0iI_r"), 2, documented_attributes},
};
static const iree_vm_native_function_ptr_t functions[2] = {};
static const iree_vm_native_module_descriptor_t descriptor = {
    IREE_SVL("described"), 7, 2, attributes, 2, dependencies,
    2, imports, 2, exports, 2, functions,
};

extern "C" IREE_VM_DYNAMIC_MODULE_EXPORT iree_status_t
iree_vm_dynamic_module_create(iree_vm_dynamic_module_version_t max_version,
                              iree_vm_instance_t* instance,
                              iree_host_size_t param_count,
                              const iree_string_pair_t* params,
                              iree_allocator_t allocator,
                              iree_vm_module_t** out_module) {
  iree_vm_module_t interface;
  IREE_RETURN_IF_ERROR(iree_vm_module_initialize(&interface, nullptr));
  return iree_vm_native_module_create(&interface, &descriptor, instance,
                                      allocator, out_module);
}
`;
