// The disassembly of programs, beside IREE's own tool.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { IreeError } from "../../mod.ts";
import { readExecutables } from "../../lib/inspect/mod.ts";
import {
  cpuFeatures,
  DeviceProfile,
  disassemble,
  flatbufferToJson,
} from "../../lib/tooling/mod.ts";
import { Instance, load } from "../../mod.ts";
import { execute, program, test, tool } from "../support.ts";

test("A disassembly lists functions with their exports and code", async () => {
  const path = await program("mul.mlir");
  const { name, functions, imports, types, rodata } = disassemble(path);
  assertEquals(name, "mul");
  const mul = functions.find((it) => it.exports.includes("mul"));
  assertEquals(mul?.name, "mul");
  assertEquals(mul?.callingConvention, "0rr_r");
  assert(mul?.code.startsWith("^bb0:\n"), mul?.code);
  assert(imports.some((it) => it.name === "hal.fence.create" || !it.optional));
  assert(types.includes("!hal.buffer_view"));
  assert(rodata.length > 0);
});

test("A function is disassembled by name or ordinal, with offsets", async () => {
  const path = await program("arithmetic.mlir");
  const all = disassemble(path);
  const [first] = all.functions.filter((it) => it.exports.length > 0);
  for (const wanted of [first.name, first.ordinal, `${first.ordinal}`]) {
    const { functions } = disassemble(path, { function: wanted });
    assertEquals(functions, [first]);
  }
  const [{ code }] = disassemble(path, {
    function: first.name,
    offsets: true,
  }).functions;
  assert(code.startsWith("[00000000]^bb0:\n[00000001]  "), code);
  assertEquals(disassemble(path, { function: "none" }).functions, []);
});

test("Types and modules that a program requires can be missing", async () => {
  const path = await program("custom_import.mlir");
  assert(disassemble(path).functions.length > 0);
  using instance = Instance.open();
  // Nothing is registered for programs that run.
  for (const type of disassemble(path).types) {
    if (/^!custom/.test(type)) assert(!instance.hasType(type.slice(1)));
  }
});

test("A damaged or missing program is rejected", async () => {
  const bytes = await Deno.readFile(await program("mul.mlir"));
  for (const use of [disassemble, flatbufferToJson]) {
    for (const length of [0, 4, 100, 1000]) {
      const error = assertThrows(
        () => use(bytes.subarray(0, length)),
        IreeError,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
    const missing = assertThrows(() => use("no/such.vmfb"), IreeError);
    assertEquals(missing.code, "NOT_FOUND");
  }
  assertThrows(() => disassemble(bytes, { offset: 1 } as never), IreeError);
});

test("Code for devices is extracted, with names that stay in their folder", async () => {
  const [executable] = readExecutables(await program("mul.mlir"));
  assert(executable.kind.startsWith("elf "), executable.kind);
  const [{ fileName, bytes }] = executable.modules;
  assert(/^[\w-][\w.-]*\.so$/.test(fileName), fileName);
  assertEquals([...bytes.subarray(0, 4)], [0x7f, 0x45, 0x4c, 0x46]);
  const [vmvx] = readExecutables(await program("mul_vmvx.mlir"));
  assertEquals(vmvx.kind, "vmvx");
  assert(disassemble(vmvx.modules[0].bytes).functions.length > 0);
  const [vulkan] = readExecutables(await program("vulkan.mlir"));
  assertEquals(vulkan.modules[0].fileName.slice(-4), ".spv");
  const spirv = new DataView(vulkan.modules[0].bytes.buffer);
  assertEquals(spirv.getUint32(0, true), 0x07230203);
});

test("Functions for devices have their source locations", async () => {
  const locations = async (name: string) =>
    readExecutables(await program(name)).flatMap(({ locations }) =>
      locations.map(({ name, path, line }) =>
        `${name} ${path.replace(/^.*\//, "")}:${line}`
      )
    );
  assertEquals(await locations("mul.mlir"), [
    "mul_dispatch_0_elementwise_4_f32 mul.mlir:4",
  ]);
  assertEquals(await locations("mul_vmvx.mlir"), []);
  const vulkan = await locations("vulkan.mlir");
  assertEquals(vulkan[0], "mul_dispatch_0_elementwise_4_f32 vulkan.mlir:3");
});

test("CPU features are those that iree-cpuinfo prints", async () => {
  using instance = Instance.open();
  const { stdout } = await execute(tool("iree-cpuinfo"), []);
  const theirs = stdout.trimEnd().split("\n").map((line) => {
    const [name, value] = line.split(/\s+/);
    return [name, value === "1"];
  });
  assertEquals(Object.entries(cpuFeatures(instance)), theirs);
});

test("A device profile has rows of dispatches and of memory", async () => {
  using loaded = load({
    modules: [await program("mul.mlir")],
    device: "local-task",
  });
  using mul = loaded.lookupFunction("mul");
  using profile = DeviceProfile.begin(loaded.devices);
  for (let i = 0; i < 3; i++) mul.compute([1, 2, 3, 4], [5, 6, 7, 8]);
  const { rows, droppedRecords } = profile.end();
  assertEquals(droppedRecords, 0);
  const [dispatched] = rows.filter(({ functionName }) => functionName);
  assert(dispatched.functionName?.startsWith("mul_dispatch_0"));
  assertEquals(dispatched.samples, 3);
  assert(dispatched.nanoseconds !== undefined);
  assert(dispatched.minNanoseconds! <= dispatched.maxNanoseconds!);
});

test("A device is profiled once at a time", async () => {
  using loaded = load({
    modules: [await program("mul.mlir")],
    device: "local-task",
  });
  using _profile = DeviceProfile.begin(loaded.devices);
  assertThrows(() => DeviceProfile.begin(loaded.devices), IreeError);
});
