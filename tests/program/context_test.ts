import { assertEquals, assertThrows } from "@std/assert";
import {
  BytecodeModule,
  Context,
  Device,
  DynamicModule,
  Instance,
  IreeError,
  load,
  type StatusCode,
} from "../../mod.ts";
import { nativeModule, program, sampleModule, test } from "../support.ts";

const arithmetic = await program("arithmetic.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const sample = await sampleModule();

function assertFails(
  modules: string[],
  code: StatusCode,
  words: string,
): IreeError {
  const error = assertThrows(() => load({ modules }), IreeError, words);
  assertEquals(error.code, code);
  return error;
}

test("A type that no earlier module defines is NOT_FOUND", async () => {
  const custom = await program("custom_import.mlir");
  const words = "no type registered with name '!custom.string'";
  assertFails([custom, sample], "NOT_FOUND", words);
  assertFails([custom], "NOT_FOUND", words);
});

test("A missing module is named, with the given ones in order", async () => {
  const missing = await program("missing_import.mlir");
  const error = assertFails(
    [sample, arithmetic, missing],
    "NOT_FOUND",
    "required module 'nowhere' not available",
  );
  assertEquals(
    error.hint,
    "module 'missing_import' needs it; modules up to it, in order: " +
      "custom, arithmetic, missing_import",
  );
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, missing);
  using other = BytecodeModule.fromFile(instance, arithmetic);
  const native = assertThrows(
    () => Context.create(instance, [other, module]),
    IreeError,
    "required module 'nowhere' not registered on the context",
  );
  assertEquals(native.code, "NOT_FOUND");
  assertEquals(
    native.hint,
    "modules given, in order: arithmetic, missing_import",
  );
});

test("A missing function is NOT_FOUND", async () => {
  const missing = await program("missing_function.mlir");
  assertFails(
    [sample, missing],
    "NOT_FOUND",
    "module 'custom' has no function 'nothing'",
  );
});

test("An import with another signature is INTERNAL", async () => {
  const mismatch = await program("signature_mismatch.mlir");
  assertFails(
    [sample, mismatch],
    "INTERNAL",
    "import function custom.string.print signature mismatch between " +
      "signature_mismatch and source custom; expected 0i_i but got 0r_v",
  );
});

test("An empty list of modules is rejected", () => {
  assertFails([], "INVALID_ARGUMENT", "no user module specified");
});

test("Contexts of the same modules are independent", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, arithmetic);
  using one = Context.create(instance, [module]);
  using two = Context.create(instance, [module]);
  using addOne = one.lookupFunction("arithmetic.add_i32");
  one.dispose();
  using addTwo = two.lookupFunction("add_i32", module);
  assertEquals([addOne.call(1, 2), addTwo.call(3, 4)], [3, 7]);
});

test("A module of another context is rejected", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, arithmetic);
  using other = DynamicModule.load(instance, types);
  using context = Context.create(instance, [module]);
  assertThrows(
    () => context.lookupFunction("add_i32", other),
    IreeError,
    "module must be one of this context's modules, got 'types'",
  );
});

test("Existing modules are linked and still belong to the caller", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, arithmetic);
  {
    using loaded = load({ modules: [types, module] });
    assertEquals(loaded.call("add_i32", 1, 2), 3);
  }
  assertEquals(module.name, "arithmetic");
});

for (const uri of ["local-sync", "local-task"]) {
  test(`A program for the HAL runs on ${uri}, by URI or as a device`, async () => {
    const modules = [types, await program("many_types.mlir")];
    {
      using loaded = load({ modules, device: uri });
      using view = loaded.call("doubled") as Disposable & { format(): string };
      assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
    }
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    assertEquals(device.uri, uri);
    assertEquals(device.id, uri);
    for (let i = 0; i < 3; i++) {
      using loaded = load({ modules, device });
      using view = loaded.call("doubled") as Disposable & { format(): string };
      assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
    }
  });
}

for (const execution of ["inline_static", "inline_dynamic"]) {
  test(`A program compiled ${execution} gets the modules it needs`, async () => {
    using loaded = load({ modules: [await program(`${execution}.mlir`)] });
    const names = loaded.context.modules.map(({ name }) => name);
    assertEquals(names.includes("hal_inline"), true);
    assertEquals(names.includes("hal_loader"), execution === "inline_dynamic");
    assertEquals(loaded.functionNames, ["mul"]);
  });
}

test("A device that does not exist is NOT_FOUND", () => {
  using instance = Instance.open();
  const error = assertThrows(
    () => Device.create(instance, "bogus"),
    IreeError,
    "no driver 'bogus' registered",
  );
  assertEquals(error.code, "NOT_FOUND");
});
