import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  BytecodeModule,
  DynamicModule,
  hostModule,
  hostType,
  Instance,
  IreeError,
} from "../../mod.ts";
import {
  formatCallingConvention,
  inspect,
  inspectProgram,
} from "../../lib/inspect/mod.ts";
import "../host/support.ts";
import { vmPrograms } from "../conformance/vm_programs.ts";
import {
  LIBRARY_FORMAT,
  mustRun,
  nativeModule,
  program,
  ROOT,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { dumpedFacts, factsOf } from "../vm/module_dump.ts";

const fixtures = new Map<string, string>([
  ["example", await sampleProgram()],
]);
for (const { name } of Deno.readDirSync(join(ROOT, "tests/fixtures"))) {
  if (name.endsWith(".mlir")) fixtures.set(name, await program(name));
}
const inspected = await program("inspected.mlir");
const sample = await sampleModule();
const types = await nativeModule("fixtures/types_module.cc");

for (const [name, path] of fixtures) {
  test(`Inspecting ${name} matches iree-dump-module`, async () => {
    const description = inspectProgram(path);
    assertEquals(factsOf(description), await dumpedFacts(path));
    const text = await mustRun(tool("iree-dump-module"), [
      "--output=metadata",
      path,
    ]);
    const { sizes, rodata, exports, imports } = description;
    assertStringIncludes(text, `FlatBuffer: ${sizes.flatbuffer} bytes\n`);
    const required = exports.map((it) => ({ ...it, optional: false }));
    for (
      const { name, callingConvention, optional } of [...required, ...imports]
    ) {
      const readable = formatCallingConvention(callingConvention);
      const mark = optional ? "?" : "";
      assertStringIncludes(text, `] ${mark}${name}${readable}\n`);
    }
    for (const segment of rodata) {
      if (segment.external || segment.text === undefined) continue;
      const { byteLength, text: data } = segment;
      const line = `embedded ${`${byteLength}`.padStart(8)} bytes ` +
        `\`${data.slice(0, 32)}\``;
      assertStringIncludes(text, line);
    }
    assertEquals(sizes.file, (await Deno.stat(path)).size);
    const whole = rodata.reduce((sum, { byteLength }) => sum + byteLength, 0);
    assertEquals(sizes.rodata, whole);
  });
}

test("Inspecting IREE's own VM programs matches iree-dump-module", async () => {
  const { programs, yields } = await vmPrograms();
  let optional = 0;
  for (const path of [...programs.values(), yields]) {
    const description = inspectProgram(path);
    assertEquals(factsOf(description), await dumpedFacts(path));
    assertEquals(description.files, []);
    optional += description.imports.filter((it) => it.optional).length;
  }
  assert(programs.size > 20 && optional > 0);
});

test("Inspection agrees with the loaded module", () => {
  using instance = Instance.open();
  using _custom = DynamicModule.load(instance, sample);
  using _types = DynamicModule.load(instance, types);
  const hostTypes = [hostType("host.thing"), hostType("host.other")];
  using _host = hostModule("host", {}, { hostTypes }).create(instance);
  for (const path of fixtures.values()) {
    using module = BytecodeModule.fromFile(instance, path);
    const description = inspectProgram(path);
    assertEquals(description.name, module.name);
    assertEquals(description.version, module.version);
    assertEquals(description.attributes, module.attributes);
    assertEquals(description.dependencies, module.dependencies);
    assertEquals(
      description.imports.map(({ signature: _, ...rest }) => rest),
      module.imports,
    );
    assertEquals(
      description.exports.map(({ signature: _, asyncForm: __, ...rest }) =>
        rest
      ),
      module.exports,
    );
  }
});

test("Inspecting an unloadable program shows its requirements", () => {
  using instance = Instance.open();
  assertThrows(
    () => BytecodeModule.fromFile(instance, inspected),
    IreeError,
    "no type registered",
  );
  const description = inspectProgram(inspected);
  assertEquals(description.kind, "program");
  assertEquals(description.customTypes, ["custom.string"]);
  assertEquals(
    description.dependencies.map(({ name }) => name).sort(),
    ["custom", "hal", "io_parameters"],
  );
  assertEquals(description.attributes, { author: "the tests" });
  const call = description.exports.find(({ name }) => name === "call");
  assertEquals(call?.signature?.inputs, [{
    name: "input0",
    kind: "object",
    type: "custom.string",
    attributes: {},
  }]);
});

test("Inspection lists devices, backends and formats", async () => {
  const { devices, executables, executableFormats, rodata, files } =
    inspectProgram(inspected);
  assertEquals(devices, [{
    name: "__device_0",
    targets: [{
      device: "local",
      drivers: ["local-task", "local-sync"],
      executables: [
        { backend: "llvm-cpu", format: "embedded-elf-x86_64" },
        { backend: "vmvx", format: "vmvx-bytecode-fb" },
      ],
    }],
  }]);
  assertEquals(executables, [
    { name: "inspected_linked", formats: ["embedded-elf-x86_64"] },
  ]);
  assertEquals(executableFormats, ["embedded-elf-x86_64", "vmvx-bytecode-fb"]);
  const [code, ...others] = rodata.filter((it) => it.executable !== undefined);
  assertEquals(others, []);
  assertEquals(code.executable, "elf x86_64");
  assertEquals(code.file, files?.[1].name);
  const bytes = await Deno.readFile(inspected);
  assertEquals(bytes[code.offset], 0x7f);

  const backends: [string, string, string, string, string][] = [
    ["vmvx", "local", "vmvx", "vmvx-bytecode-fb", "vmvx"],
    [
      "vulkan-spirv",
      "vulkan",
      "vulkan-spirv",
      "vulkan-spirv-fb",
      "vulkan",
    ],
    ["cuda", "cuda", "cuda", "cuda-nvptx-fb", "cuda"],
  ];
  using folder = new TemporaryFolder();
  const source = join(ROOT, "tests/fixtures/mul.mlir");
  for (const [flag, device, backend, format, code] of backends) {
    const path = folder.join(`${flag}.vmfb`);
    const target = `--iree-hal-target-backends=${flag}`;
    await mustRun(tool("iree-compile"), [target, source, "-o", path]);
    const { devices, executableFormats, rodata } = inspectProgram(path);
    const [target0] = devices[0].targets;
    assertEquals([devices.length, target0.device], [1, device]);
    assertEquals(target0.executables, [{ backend, format }]);
    assertEquals(executableFormats, [format]);
    assertEquals(rodata.flatMap(({ executable }) => executable ?? []), [code]);
  }
});

test("Programs without devices list their executable formats", async () => {
  const dynamic = inspectProgram(await program("inline_dynamic.mlir"));
  assertEquals(dynamic.devices, []);
  assertEquals(dynamic.executableFormats, ["embedded-elf-x86_64"]);
  const fixed = inspectProgram(await program("inline_static.mlir"));
  assertEquals([fixed.devices, fixed.executables], [[], []]);
  assertEquals(fixed.executableFormats, []);
});

test("Embedded files match those of Python's zipfile", async () => {
  for (const path of fixtures.values()) {
    const script = "import sys, zipfile; [print(it.filename, it.file_size) " +
      "for it in zipfile.ZipFile(sys.argv[1]).infolist()]";
    const listed = await mustRun(tool("python"), ["-c", script, path]);
    const { files, sizes } = inspectProgram(path);
    assertEquals(
      files?.map(({ name, byteLength }) => `${name} ${byteLength}\n`).join(""),
      listed,
    );
    assertEquals(files?.[0].byteLength, sizes.flatbuffer);
    const bytes = await Deno.readFile(path);
    for (const { name, offset } of files ?? []) {
      // The parameters of weights.mlir are numbers only.
      if (name === "data.bin") continue;
      const magic = new TextDecoder().decode(bytes.slice(offset, offset + 12));
      assertMatch(
        magic,
        name.endsWith(".so") ? /ELF/ : /IREE|PK|VKE1/,
        `${path}: ${name}`,
      );
    }
  }
});

test("A program without its archive is inspected the same", async () => {
  const bytes = await Deno.readFile(inspected);
  const [start] = inspectProgram(bytes).files ?? [];
  // The length precedes the FlatBuffer; data after it stays aligned.
  const bare = bytes.slice(start.offset);
  const description = inspectProgram(bare);
  assertEquals(description.files, []);
  assertEquals(factsOf(description), factsOf(inspectProgram(bytes)));
});

test("A damaged archive directory does not hide the rest", async () => {
  const bytes = await Deno.readFile(inspected);
  bytes.fill(0, bytes.length - 22);
  const description = inspectProgram(bytes);
  assertEquals(description.files, undefined);
  assertEquals(description.name, "inspected");
});

test("Inspection accepts paths, URLs and bytes", async () => {
  const wanted = inspectProgram(inspected);
  assertEquals(inspectProgram(toFileUrl(inspected)), wanted);
  assertEquals(inspectProgram(await Deno.readFile(inspected)), wanted);
  assertEquals(inspect(inspected), wanted);
  assertThrows(
    () => inspect(7 as unknown as string),
    IreeError,
    "source must be a path, a URL or bytes, got the number 7",
  );
  const url = toFileUrl(inspected);
  url.search = "?x";
  assertEquals(inspect(url), wanted);
});

test("Inspecting a library reports its format, CPU and module creation functions", () => {
  const description = inspect(sample);
  assert(description.kind === "library");
  const { format, arch, creationFunctions } = description;
  assertEquals([format, arch], [LIBRARY_FORMAT, Deno.build.arch]);
  assertEquals(creationFunctions?.toSorted(), [
    "create_custom_module",
    "create_shout_module",
    "iree_vm_dynamic_module_create",
  ]);
});

test("A file that is neither a program nor a library is rejected by name", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("notes.txt");
  await Deno.writeTextFile(path, "nothing of the kind, but long enough\n");
  const cases: [string, string, string][] = [
    [path, "INVALID_ARGUMENT", `'${path}': this is text, neither`],
    [folder.path, "INVALID_ARGUMENT", "is not a regular file"],
    [folder.join("nope"), "NOT_FOUND", "failed to open file"],
    [join(path, "x"), "UNAVAILABLE", "failed to open file"],
  ];
  for (const [path, code, words] of cases) {
    const error = assertThrows(() => inspect(path), IreeError);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, words);
  }
  assertThrows(
    () => inspectProgram(sample),
    IreeError,
    "this is a native library, not a compiled program (.vmfb)",
  );
  assertThrows(() => inspect(new Uint8Array()), IreeError, "neither");
});
