import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type BufferView,
  Instance,
  IreeError,
  load,
  type LoadedProgram,
  type ParameterFileOptions,
  ParameterIndex,
} from "../../mod.ts";
import { safetensors } from "./parameter_files.ts";
import {
  denoFlags,
  execute,
  program,
  ROOT_URL,
  TemporaryFolder,
  test,
} from "../support.ts";

const writes = await program("parameter_writes.mlir");

const DEVICES = ["local-sync", "local-task"];

function open(index: ParameterIndex, device: string): LoadedProgram {
  const parameters = { scope: "model", index };
  return load({ modules: [writes], parameters, device });
}

function add(program: LoadedProgram, numbers: readonly number[]): number[] {
  using sum = program.call("add", new Int32Array(numbers)) as BufferView;
  return Array.from(sum.toTypedArray(), Number);
}

function state(index: ParameterIndex): number[] {
  const { buffer } = index.read("state");
  return Array.from(new Int32Array(buffer));
}

/** A file with the parameter between others. */
function makeFile(instance: Instance, path: string): void {
  using index = ParameterIndex.create(instance);
  index.addData("before", new Int32Array([7]));
  index.addData("state", new Int32Array([1, 2, 3, 4]));
  index.addData("after", new Int32Array([8]));
  index.writeArchive(path);
}

test("A program's writes to a parameter in memory are read back and archived", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("state.irpa");
  for (const device of DEVICES) {
    const source = new Int32Array([1, 2, 3, 4]);
    using index = ParameterIndex.create(instance);
    index.addData("state", source, { writable: true });
    using renamed = ParameterIndex.create(instance);
    renamed.addFrom(index, "state", "other");
    using loaded = open(index, device);
    assertEquals(add(loaded, [1, 1, 1, 1]), [1, 1, 1, 1]);
    assertEquals(add(loaded, [10, 0, 0, 0]), [11, 1, 1, 1]);
    assertEquals(state(index), [11, 1, 1, 1]);
    assertEquals(renamed.read("other"), index.read("state"));
    assertEquals(source, new Int32Array([1, 2, 3, 4]));
    using variable = loaded.call("variable") as BufferView;
    assertEquals(variable.format(), "4xi32=1 2 3 4");
    index.writeArchive(path);
    using archived = ParameterIndex.fromFile(instance, path);
    assertEquals(state(archived), [11, 1, 1, 1]);
    using second = open(index, device);
    using changed = second.call("variable") as BufferView;
    assertEquals(changed.format(), "4xi32=11 1 1 1");
  }
});

test("Writes of computeAsync calls to a parameter arrive in order", async () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("state", new Int32Array(4), { writable: true });
  using loaded = open(index, "local-task");
  const one = new Int32Array([1, 1, 1, 1]);
  const views = await Promise.all(
    Array.from({ length: 20 }, () => loaded.callAsync("add", one)),
  );
  for (const view of views) (view as BufferView).dispose();
  assertEquals(state(index), [20, 20, 20, 20]);
});

test("A read-only parameter is never written, in any mode", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.irpa");
  makeFile(instance, path);
  const before = Deno.readFileSync(path);
  const refused = (index: ParameterIndex) => {
    using loaded = open(index, "local-sync");
    const error = assertThrows(() => add(loaded, [1, 1, 1, 1]), IreeError);
    assertEquals(error.code, "PERMISSION_DENIED");
    assertStringIncludes(error.message, "`state`");
    assertEquals(state(index), [1, 2, 3, 4]);
  };
  for (const mode of ["file", "preload", "mmap"] as const) {
    using index = ParameterIndex.fromFile(instance, path, { mode });
    refused(index);
  }
  using index = ParameterIndex.create(instance);
  index.addData("state", new Int32Array([1, 2, 3, 4]));
  refused(index);
  assertEquals(Deno.readFileSync(path), before);
});

test("Writes to a file's parameters stay in memory unless file writes are enabled", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.irpa");
  makeFile(instance, path);
  const before = Deno.readFileSync(path);
  const inMemory: readonly ParameterFileOptions[] = [
    { writable: "memory" },
    { writable: "memory", mode: "mmap" },
    { writable: "memory", mode: "preload" },
  ];
  for (const options of inMemory) {
    using index = ParameterIndex.fromFile(instance, path, options);
    using loaded = open(index, "local-task");
    assertEquals(add(loaded, [5, 6, 7, 8]), [5, 6, 7, 8]);
    assertEquals(state(index), [5, 6, 7, 8]);
    assertEquals(Deno.readFileSync(path), before);
  }
  for (const device of DEVICES) {
    makeFile(instance, path);
    using index = ParameterIndex.fromFile(instance, path, { writable: "file" });
    using loaded = open(index, device);
    add(loaded, [1, 1, 1, 1]);
    add(loaded, [1, 1, 1, 1]);
    using variable = loaded.call("variable") as BufferView;
    assertEquals(variable.format(), "4xi32=1 2 3 4");
    assertEquals(state(index), [2, 2, 2, 2]);
    using again = ParameterIndex.fromFile(instance, path);
    assertEquals(state(again), [2, 2, 2, 2]);
    assertEquals(again.read("before"), new Uint8Array([7, 0, 0, 0]));
    assertEquals(again.read("after"), new Uint8Array([8, 0, 0, 0]));
  }
});

test("A safetensors file is written in place too", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.safetensors");
  Deno.writeFileSync(path, safetensors({ "a": [1], "state": [0, 0, 0, 0] }));
  using index = ParameterIndex.fromFile(instance, path, { writable: "file" });
  using loaded = open(index, "local-sync");
  add(loaded, [5, 6, 7, 8]);
  using again = ParameterIndex.fromFile(instance, path);
  assertEquals(state(again), [5, 6, 7, 8]);
  assertEquals(again.read("a"), new Uint8Array([0, 0, 0x80, 0x3f]));
});

test("Contradictory write options are rejected", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.irpa");
  makeFile(instance, path);
  const cases: readonly [unknown, string][] = [
    [{ writable: "file", mode: "mmap" }, "mode must be file where programs"],
    [{ writable: "file", mode: "preload" }, "got preload"],
    [{ writable: "memory", mode: "file" }, "mode must be preload or mmap"],
    [
      { writable: true },
      "writable must be memory or file, got the boolean true",
    ],
  ];
  for (const [options, words] of cases) {
    const error = assertThrows(
      () =>
        ParameterIndex.fromFile(
          instance,
          path,
          options as ParameterFileOptions,
        ),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, words);
  }
  using index = ParameterIndex.create(instance);
  assertThrows(
    () =>
      index.addData("a", new Uint8Array(1), {
        writable: "memory" as unknown as boolean,
      }),
    IreeError,
    "writable must be a boolean, got a string",
  );
});

const WITHOUT_WRITE = `
import { Instance, ParameterIndex } from "${ROOT_URL}mod.ts";
using instance = Instance.open();
const [path] = Deno.args;
using memory = ParameterIndex.fromFile(instance, path, { writable: "memory" });
try {
  ParameterIndex.fromFile(instance, path, { writable: "file" });
} catch (error) {
  console.log(error.name, error.message);
}
`;

test("A file is written with --allow-write only", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.irpa");
  makeFile(instance, path);
  const script = folder.join("script.ts");
  Deno.writeTextFileSync(script, WITHOUT_WRITE);
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    ...["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-ffi"],
    ...[...denoFlags(), script, path],
  ]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "NotCapable Requires write access to");
});
