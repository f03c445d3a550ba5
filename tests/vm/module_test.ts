import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  BuiltinModule,
  BytecodeModule,
  Device,
  HalModule,
  Instance,
  IreeError,
  load,
  ParametersModule,
} from "../../mod.ts";
import {
  mustRun,
  program,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

const arithmetic = await program("arithmetic.mlir");
const customImport = await program("custom_import.mlir");
const single = await program("single.mlir");
const sample = await sampleModule();

test("A program lists its name, functions and attributes", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, arithmetic);
  assertEquals(module.name, "arithmetic");
  assertEquals(module.version, 0);
  assertEquals(module.imports, []);
  const add = module.exports.find(({ name }) => name === "add_i32");
  assertEquals(add, {
    name: "add_i32",
    callingConvention: "0ii_i",
    attributes: {
      "iree.abi.declaration":
        "sync func @add_i32(%input0: i32, %input1: i32) -> (%output0: i32)",
    },
    optional: false,
  });
  const mixed = module.exports.find(({ name }) => name === "mixed");
  assertEquals(mixed?.callingConvention, "0iIfFiIfF_iIF");
});

test("A program lists its imports and dependencies", () => {
  using independent = load({ modules: [single] });
  assertEquals(independent.mainModule.dependencies, []);
  using custom = load({ modules: [sample, customImport] });
  const { imports, dependencies } = custom.mainModule;
  const print = imports.find(({ name }) => name === "custom.string.print");
  assertEquals(print?.callingConvention, "0r_v");
  assertEquals(print?.optional, false);
  assertEquals(
    dependencies.find(({ name }) => name === "custom"),
    { name: "custom", minimumVersion: 0, optional: false },
  );
});

test("A program loads from a file, a URL, a mapping and bytes alike", async () => {
  using instance = Instance.open();
  const bytes = await Deno.readFile(arithmetic);
  using modules = new DisposableStack();
  const exports = [
    BytecodeModule.fromFile(instance, arithmetic),
    BytecodeModule.fromFile(instance, toFileUrl(arithmetic)),
    BytecodeModule.fromFile(instance, arithmetic, { mode: "preload" }),
    BytecodeModule.fromFile(instance, arithmetic, { mode: "mmap" }),
    BytecodeModule.fromBytes(instance, bytes),
  ].map((module) => modules.use(module).exports);
  // The bytes were copied.
  bytes.fill(0);
  for (const each of exports) assertEquals(each, exports[0]);
});

test("A mapped program runs", () => {
  using loaded = load({ modules: [single], moduleMode: "mmap" });
  assertEquals(loaded.call("double", 21), 42);
});

test("A missing file is NOT_FOUND, however it is opened", () => {
  using instance = Instance.open();
  for (const mode of ["preload", "mmap"] as const) {
    const error = assertThrows(
      () => BytecodeModule.fromFile(instance, "nope.vmfb", { mode }),
      IreeError,
      `failed to open file '${join(Deno.cwd(), "nope.vmfb")}'`,
    );
    assertEquals(error.code, "NOT_FOUND");
  }
});

test("A path that is not a regular file is rejected", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const pipe = folder.join("pipe");
  await mustRun("mkfifo", [pipe]);
  for (const path of [folder.path, `${folder.path}/`, "/dev/zero", pipe]) {
    for (const mode of ["preload", "mmap"] as const) {
      const error = assertThrows(
        () => BytecodeModule.fromFile(instance, path, { mode }),
        IreeError,
        `'${path}' is not a regular file`,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
  }
});

test("Loading bytes that are not a program throws INVALID_ARGUMENT", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const whole = await Deno.readFile(arithmetic);
  const contents = [
    new Uint8Array(),
    new Uint8Array([1]),
    new TextEncoder().encode("not a program, but long enough to look at"),
    whole.slice(0, 64),
    whole.slice(0, whole.length / 2),
    new Uint8Array(4096),
  ];
  for (const [index, bytes] of contents.entries()) {
    const path = folder.join(`${index}.vmfb`);
    await Deno.writeFile(path, bytes);
    for (
      const attempt of [
        () => BytecodeModule.fromBytes(instance, bytes),
        () => BytecodeModule.fromFile(instance, path),
        () => BytecodeModule.fromFile(instance, path, { mode: "mmap" }),
      ]
    ) {
      const error = assertThrows(attempt, IreeError);
      assertEquals(error.code, "INVALID_ARGUMENT", `${index}: ${error}`);
    }
  }
  const error = assertThrows(
    () => BytecodeModule.fromBytes(instance, whole.slice(0, whole.length / 2)),
    IreeError,
  );
  assertStringIncludes(error.detail, "length prefix out of bounds");
});

test("The HAL and builtin modules have their names", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using hal = HalModule.create(instance, device);
  assertEquals(hal.name, "hal");
  assertEquals(hal.exports.length > 50, true);
  for (const name of ["hal_inline", "hal_loader", "vmvx"] as const) {
    using module = BuiltinModule.create(instance, name);
    assertEquals(module.name, name);
    assertEquals(module.exports.length > 0, true);
  }
});

test("An empty parameters module has its name", () => {
  using instance = Instance.open();
  using module = ParametersModule.create(instance, []);
  assertEquals(module.name, "io_parameters");
  assertEquals(module.scopes.size, 0);
});

test("Builtin and HAL types are registered from the start", () => {
  using instance = Instance.open();
  for (
    const name of [
      "vm.list",
      "vm.buffer",
      "hal.buffer_view",
      "hal.buffer",
      "hal.fence",
      "hal.device",
    ]
  ) {
    assertEquals(instance.hasType(name), true, name);
  }
  assertEquals(instance.hasType("nowhere.type"), false);
  assertEquals(instance.hasType(""), false);
});
