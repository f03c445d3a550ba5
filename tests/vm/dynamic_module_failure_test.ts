import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  DynamicModule,
  type DynamicModuleOptions,
  Instance,
  IreeError,
  load,
  type ModuleParameters,
  type StatusCode,
} from "../../mod.ts";
import {
  mustRun,
  nativeModule,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";

const sample = await sampleModule();
const types = await nativeModule("fixtures/types_module.cc");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const parametersModule = await nativeModule("fixtures/parameters_module.cc");
const notIree = await nativeModule("fixtures/not_iree.c");

/** `e_machine` of a foreign CPU, and its name. */
const [FOREIGN_MACHINE, FOREIGN_ARCH] = Deno.build.arch === "aarch64"
  ? [62, "x86_64"]
  : [183, "aarch64"];

/** Loads a module that must be rejected. */
function refused(
  path: string | URL,
  options: DynamicModuleOptions,
  code: StatusCode,
  words: string,
): IreeError {
  using instance = Instance.open();
  const error = assertThrows(
    () => DynamicModule.load(instance, path, options),
    IreeError,
    words,
  );
  assertEquals(error.code, code, error.message);
  return error;
}

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

test("Parameters that are not text are rejected", () => {
  const cases: [unknown, string][] = [
    [{ k: 1 }, "the value of parameter 'k' must be a string, got number"],
    [{ k: undefined }, "the value of parameter 'k' must be a string"],
    [{ k: null }, "the value of parameter 'k' must be a string"],
    [[[1, "v"]], "the key of a parameter must be a string, got number"],
    [{ k: "\ud800" }, "the value of parameter 'k' has a lone surrogate"],
    [[["\udc00", "v"]], "the key of a parameter has a lone surrogate"],
    ["k=v", "must be a record, a map or a list of pairs, got a string"],
    [7, "must be a record, a map or a list of pairs, got the number 7"],
    [["kv"], "parameter 0 must be a pair of key and value"],
    [[["k", "v"], ["k"]], "parameter 1 must be a pair of key and value"],
    [[null], "parameter 0 must be a pair of key and value"],
  ];
  for (const [parameters, words] of cases) {
    const options = { parameters: parameters as ModuleParameters };
    refused(parametersModule, options, "INVALID_ARGUMENT", words);
  }
});

test("Names with a NUL or a lone surrogate are rejected", () => {
  const bad = (path: string, exportName: string | undefined, words: string) =>
    refused(path, { exportName }, "INVALID_ARGUMENT", words);
  const nul = `${sample}\0.so`;
  bad(nul, undefined, "the path of the library has a NUL character");
  bad("\ud800.so", undefined, "the path of the library has a lone surrogate");
  const creation = "the name of the creation function has";
  bad(sample, "create_custom_module\0", `${creation} a NUL character`);
  bad(sample, "\udfff", `${creation} a lone surrogate`);
});

test("A creation function's error is thrown unchanged", () => {
  const cases: [string, string, ModuleParameters, StatusCode, string][] = [
    [
      refusing,
      "create_future_module",
      [],
      "UNIMPLEMENTED",
      "needs version 2147483647, the runtime has 1",
    ],
    [
      refusing,
      "create_picky_module",
      { good: "1", bad: "" },
      "INVALID_ARGUMENT",
      "parameter 'bad' is not accepted",
    ],
    [refusing, "create_silent_module", [], "ABORTED", "no message"],
    [
      sample,
      "create_shout_module",
      { uppercase: "0", prefx: ">" },
      "INVALID_ARGUMENT",
      "unknown parameter 'prefx'; the parameters are prefix, uppercase, quiet",
    ],
    [
      sample,
      "",
      { quiet: "yes" },
      "INVALID_ARGUMENT",
      "parameter 'quiet' must be 0 or 1, got 'yes'",
    ],
  ];
  for (const [path, exportName, parameters, code, detail] of cases) {
    const error = refused(path, { exportName, parameters }, code, "");
    assertEquals(error.detail, detail);
    assertEquals(error.hint, undefined);
  }
  const exportName = "create_picky_module";
  assertLoads(refusing, "picky", { exportName, parameters: { good: "1" } });
});

test("A rejected module leaves no type registered", () => {
  using instance = Instance.open();
  const parameters = { unknown: "" };
  assertThrows(
    () => DynamicModule.load(instance, sample, { parameters }),
    IreeError,
  );
  assertEquals(instance.hasType("custom.string"), false);
});

test("A creation function that returns nothing is named with its library", () => {
  refused(
    refusing,
    { exportName: "create_no_module" },
    "INTERNAL",
    `creation function 'create_no_module' of library '${refusing}' returned ` +
      "OK but no module",
  );
});

test("A message of 10,000 letters is complete in the error", () => {
  const options = { exportName: "create_verbose_module" };
  const error = refused(refusing, options, "FAILED_PRECONDITION", "");
  assertEquals(error.detail, `<${"xé".repeat(5000)}>`);
});

test("A missing library is NOT_FOUND with a hint", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("nope.so");
  const error = refused(path, {}, "NOT_FOUND", "failed to load");
  assertStringIncludes(error.detail, path);
  assertEquals(error.hint, `file '${path}' does not exist`);
  // The file exists, but not in the working directory.
  const here = join(Deno.cwd(), "libz.so.1");
  refused("libz.so.1", {}, "NOT_FOUND", `file '${here}' does not exist`);
});

test("A missing export's error suggests similar ones", () => {
  const fail = (path: string, exportName?: string) => {
    const symbol = exportName ?? "iree_vm_dynamic_module_create";
    const words = `symbol '${symbol}' not found in library`;
    return refused(path, { exportName }, "NOT_FOUND", words).hint;
  };
  const prefix = "functions that the library exports: ";
  for (const exportName of [undefined, "create"]) {
    const names = fail(refusing, exportName)?.replace(prefix, "").split(", ");
    assertEquals(names?.toSorted(), [
      "create_future_module",
      "create_no_module",
      "create_picky_module",
      "create_silent_module",
      "create_single_module",
      "create_verbose_module",
    ]);
  }
  // MinGW's linker exports this function, too.
  const hint = fail(notIree)?.replace("atexit, ", "");
  assertEquals(hint, `${prefix}not_iree_answer`);
});

test("A missing export gets no hint if exports cannot be read", async () => {
  using folder = new TemporaryFolder();
  const bytes = await Deno.readFile(notIree);
  const path = folder.join("no_sections.so");
  // e_shoff, e_shnum and e_shstrndx
  bytes.fill(0, 40, 48);
  bytes.fill(0, 60, 64);
  await Deno.writeFile(path, bytes);
  const error = refused(path, {}, "NOT_FOUND", "symbol");
  assertEquals(error.hint, undefined);
});

test("A file that is not a library of this system is rejected by its kind", async () => {
  using folder = new TemporaryFolder();
  const foreign = await Deno.readFile(sample);
  new DataView(foreign.buffer).setUint16(18, FOREIGN_MACHINE, true);
  const machO = new Uint8Array(1000);
  machO.set([0xcf, 0xfa, 0xed, 0xfe]);
  const encoder = new TextEncoder();
  const cases: [string, Uint8Array, string][] = [
    ["empty.so", new Uint8Array(), "is not a native library"],
    ["text.so", encoder.encode("text, ".repeat(99)), "is not a native library"],
    [
      "foreign.so",
      foreign,
      `is a library for ${FOREIGN_ARCH}; this process runs on ` +
      Deno.build.arch,
    ],
    ["mac.dylib", machO, "is a library in the mach-o format; this system's"],
  ];
  for (const [name, bytes, words] of cases) {
    const path = folder.join(name);
    await Deno.writeFile(path, bytes);
    const error = refused(path, {}, "NOT_FOUND", "failed to load");
    assertStringIncludes(error.hint ?? "", `'${path}' ${words}`);
  }
  refused(folder.path, {}, "NOT_FOUND", "it is not a regular file");
  const pipe = folder.join("pipe.so");
  await mustRun("mkfifo", [pipe]);
  refused(pipe, {}, "NOT_FOUND", "it is not a regular file");
});

test("The same relative path in another folder is another library", async () => {
  using folder = new TemporaryFolder();
  const here = Deno.cwd();
  try {
    for (const [name, source] of [["a", sample], ["b", types]]) {
      await Deno.mkdir(folder.join(name));
      await Deno.copyFile(source, folder.join(name, "m.so"));
      Deno.chdir(folder.join(name));
      using loaded = load({ modules: ["./m.so"] });
      assertEquals(loaded.mainModule.name, name === "a" ? "custom" : "types");
    }
  } finally {
    Deno.chdir(here);
  }
});

test("A truncated library is rejected instead of killing the process", async () => {
  using folder = new TemporaryFolder();
  const whole = await Deno.readFile(notIree);
  const cuts = [4, 20, 63, 64, 100, 500, 1000];
  for (const part of [0.1, 0.25, 0.5, 0.6]) cuts.push(part * whole.length | 0);
  for (const length of cuts) {
    const path = folder.join(`cut_${length}.so`);
    await Deno.writeFile(path, whole.subarray(0, length));
    const error = refused(path, {}, "NOT_FOUND", "failed to load");
    if (length < 1000) continue;
    assertStringIncludes(error.detail, `cut short, ${length} bytes of `);
  }
});

test("A library replaced on disk is not mistaken for the old one", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("m.so");
  await Deno.copyFile(sample, path);
  using old = load({ modules: [`${path}?quiet`] });
  assertLoads(path, "custom");

  await Deno.copyFile(types, folder.join("new.so"));
  await Deno.copyFile(types, folder.join("other_name.so"));
  await Deno.rename(folder.join("new.so"), path);
  const words = `library '${path}' changed on disk after it was loaded`;
  refused(path, {}, "FAILED_PRECONDITION", words);
  assertLoads(folder.join("other_name.so"), "types");
  // The module loaded earlier keeps working.
  assertEquals(old.call("string.live"), 0);
});
