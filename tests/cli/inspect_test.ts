import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { main } from "../../cli.ts";
import { formatProgramTypes, inspectProgram } from "../../lib/inspect/mod.ts";
import {
  iree,
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
import { forEach } from "./peer.ts";

const example = await sampleProgram();
const mul = await program("mul.mlir");
const inspected = await program("inspected.mlir");
const parameters = await program("parameters.mlir");
const signatures = await program("signatures.mlir");
const sample = await sampleModule();
const types = await nativeModule("fixtures/types_module.cc");

const MORE =
  "\nMore with --all: attributes, executables, sizes, imports, types, " +
  "data, files\n";

test("iree inspect prints exports with their inputs, parameters and devices", async () => {
  assertEquals(await iree(["inspect", mul]), {
    code: 0,
    stdout: `${mul}: compiled program

Module mul, version 0

Exports:
  mul(%input0: tensor<4xf32>, %input1: tensor<4xf32>) -> (%output0: tensor<4xf32>)

Devices:
  __device_0  local  --device=local-task or --device=local-sync  llvm-cpu  embedded-elf-x86_64
${MORE}`,
    stderr: "",
  });
  assertEquals(await iree(["inspect", parameters]), {
    code: 0,
    stdout: `${parameters}: compiled program

Module parameters, version 0

Exports:
  scaled(%input0: tensor<4xf32>) -> (%output0: tensor<4xf32>)
  weight() -> (%output0: tensor<4xf32>)
  scale() -> (%output0: tensor<2xf64>)
  increment() -> (%output0: tensor<4xi32>)

Parameters:
  --parameters=model=FILE  3 of 48 bytes in total
    weight                 16 bytes
    scale                  16 bytes
    state                  16 bytes

Devices:
  __device_0  local  --device=local-task or --device=local-sync  llvm-cpu  embedded-elf-x86_64
${MORE}`,
    stderr: "",
  });
});

test("iree inspect prints the first parameters, and all with --all", async () => {
  using folder = new TemporaryFolder();
  const source = folder.join("many.mlir");
  const keys = Array.from({ length: 11 }, (_, index) => `p${index}`);
  await Deno.writeTextFile(
    source,
    `module @many {
${
      keys.map((key) =>
        `  util.global private @${key} = #flow.parameter.named<"${key}"> : tensor<4xf32>
  func.func @get_${key}() -> tensor<4xf32> {
    %0 = util.global.load @${key} : tensor<4xf32>
    return %0 : tensor<4xf32>
  }`
      ).join("\n")
    }
}
`,
  );
  const path = folder.join("many.vmfb");
  await mustRun(tool("iree-compile"), [
    "--iree-hal-target-backends=vmvx",
    source,
    "-o",
    path,
  ]);
  const few = (await iree(["inspect", path])).stdout;
  assertStringIncludes(
    few,
    "\n  --parameters=FILE  11 of 176 bytes in total\n",
  );
  assertStringIncludes(few, "\n    and 3 more\n");
  assertEquals(few.match(/^ {4}p\d+ +16 bytes$/gm)?.length, 8);
  const all = (await iree(["inspect", "--all", path])).stdout;
  assertEquals(all.match(/^ {4}p\d+ +16 bytes$/gm)?.length, 11);
  assertEquals(
    inspectProgram(path).parameters.map(({ key }) => key).toSorted(),
    keys.toSorted(),
  );
});

test("iree inspect --all prints readable sections", async () => {
  const { code, stdout, stderr } = await iree(["inspect", "--all", mul]);
  assertEquals([code, stderr], [0, ""]);
  const { sizes } = inspectProgram(mul);
  for (
    const part of [
      `${mul}: compiled program\n\nModule mul, version 0\n\nExports:\n` +
      "  mul(%input0: tensor<4xf32>, %input1: tensor<4xf32>) -> " +
      "(%output0: tensor<4xf32>)\n  __init() -> ()\n",
      "\nNeeds:\n  hal  version >= 7  required\n",
      "\nDevices:\n  __device_0  local  --device=local-task or " +
      "--device=local-sync  llvm-cpu  embedded-elf-x86_64\n",
      "\nExecutables:\n  mul_dispatch_0  embedded-elf-x86_64\n",
      `\nSizes in bytes:\n  file        ${sizes.file}\n`,
      "\nImports:\n  hal.buffer.assert(!vm.ref<?>, !vm.ref<?>, !vm.ref<?>, " +
      "i64, i32, i32) -> ()\n",
      "  !hal.buffer_view\n",
      "external  elf x86_64",
      "\nEmbedded files:\n  module.fb ",
    ]
  ) assertStringIncludes(stdout, part);
});

test("iree inspect prints a program's requirements", async () => {
  const { code, stdout } = await iree(["inspect", example]);
  assertEquals(code, 0);
  assertMatch(stdout, /\n {2}custom +version >= 0 +required +load a module of/);
  assertMatch(stdout, /\n {2}!custom\.string +a type +load the module that/);
});

test("iree inspect prints attributes of modules and functions", async () => {
  const module = await iree(["inspect", "--all", inspected]);
  assertStringIncludes(module.stdout, "\nAttributes:\n  author  the tests\n");
  const { stdout } = await iree([
    "inspect",
    "--all",
    await program("mul_async.mlir"),
  ]);
  assertStringIncludes(
    stdout,
    "\n  async mul(%input0: tensor<4xf32>, %input1: tensor<4xf32>) -> " +
      "(%output0: tensor<4xf32>)\n    iree.abi.model: coarse-fences\n",
  );
  const types = await iree(["inspect", signatures]);
  assertStringIncludes(
    types.stdout,
    '\n  odd "name (with) -> all, of: it(%input0: i32) -> (%output0: i32)\n',
  );
});

test("iree inspect prints libraries, and their modules with --load", async () => {
  const plain = await iree(["inspect", sample]);
  assertEquals([plain.code, plain.stderr], [0, ""]);
  assertStringIncludes(
    plain.stdout,
    `${sample}: native library, ${LIBRARY_FORMAT} for ${Deno.build.arch}\n\n` +
      "Functions that may create modules:\n",
  );
  assertStringIncludes(plain.stdout, "\n  create_custom_module");
  assert(!plain.stdout.includes("Module custom"));

  // Both load in one instance: the second library finds the first one's types.
  const named = `${sample}@create_shout_module?prefix=x`;
  const { code, stdout, stderr } = await iree([
    "inspect",
    "--load",
    sample,
    named,
    types,
    mul,
  ]);
  assertEquals([code, stderr], [0, ""]);
  for (
    const part of [
      "\nModule custom, version 0\n\nExports:\n" +
      "  string.from_tensor(!vm.ref<?>) -> (!vm.ref<?>)\n",
      `${named}: native library`,
      "\nModule types, version 0\n\nExports:\n" +
      "  add_i32(i32, i32) -> (i32)\n",
      "\nModule mul, version 0\n",
    ]
  ) assertStringIncludes(stdout, part);
});

// deno-lint-ignore no-explicit-any
async function json(...args: string[]): Promise<any[]> {
  const { stdout } = await iree(["inspect", "--json", ...args]);
  return JSON.parse(stdout);
}

test("--json has exactly the fields in docs/inspect.md", async () => {
  const files = [signatures, inspected, sample, "nope.vmfb"];
  const [first, second, library, failure] = await json(...files);
  assertEquals(
    [first, second, library, failure].map(({ file, kind }) => [file, kind]),
    files.map((file, index) => [
      file,
      ["program", "program", "library", "failure"][index],
    ]),
  );
  const text = await Deno.readTextFile(join(ROOT, "docs/inspect.md"));
  const fieldsOf = (heading: string) => {
    const section = text.split(/^## /m).find((it) => it.startsWith(heading));
    const rows = section?.split("\n\n").find((it) => it.startsWith("| field"));
    return Array.from(
      rows?.matchAll(/^\| (`.*?`) +\|/gm) ?? [],
      ([, names]) => names.split(", ").map((name) => name.slice(1, -1)),
    ).flat();
  };
  for (const result of [first, second, library, failure]) {
    const { file: _file, kind, ...rest } = result;
    assertEquals(Object.keys(rest), fieldsOf(`\`"${kind}"\``));
  }
  const [parameterized] = await json(parameters);
  // Every documented field is present, in each kind of output.
  const inner = [
    first.exports[0],
    first.exports[0].signature,
    first.exports[0].signature.inputs[0],
    second.imports[0],
    second.dependencies[0],
    parameterized.parameters[0],
    second.devices[0],
    second.devices[0].targets[0],
    second.devices[0].targets[0].executables[0],
    second.executables[0],
    second.rodata[0],
    second.files[0],
    second.sizes,
  ].flatMap(Object.keys);
  for (const name of inner) assertStringIncludes(text, `\`${name}\``);
  assertEquals(first.exports[0].signature.inputs[0].shape, [null, 4]);
  assertEquals(second.exports.at(-1).signature, null);
  assertEquals(failure.code, "NOT_FOUND");
  assertMatch(failure.message, /^NOT_FOUND: failed to open file 'nope.vmfb'/);
});

test("--json with --load includes the module", async () => {
  const [{ module }, { module: custom }] = await json("--load", types, sample);
  assertEquals(module.name, "types");
  assertEquals(module.exports[0], {
    name: "add_i32",
    callingConvention: "0ii_i",
    attributes: {},
    optional: false,
  });
  assertEquals(custom.name, "custom");
  const [{ module: none }] = await json(types);
  assertEquals(none, null);
});

test("--types prints the module that formatProgramTypes writes", async () => {
  const description = inspectProgram(signatures);
  const printed = await iree(["inspect", "--types", signatures]);
  assertEquals(printed, {
    code: 0,
    stdout: formatProgramTypes(description),
    stderr: "",
  });
  using folder = new TemporaryFolder();
  const output = folder.join("types.ts");
  assertEquals(
    await iree([
      "inspect",
      "--types",
      "--package=../mod.ts",
      `--output=${output}`,
      signatures,
    ]),
    { code: 0, stdout: "", stderr: "" },
  );
  assertEquals(
    await Deno.readTextFile(output),
    formatProgramTypes(description, { package: "../mod.ts" }),
  );
  assertStringIncludes(printed.stdout, '} from "@iree/runtime";');
});

test("--output writes the same text to a file", async () => {
  using folder = new TemporaryFolder();
  for (const flags of [[], ["--json"], ["--types"]]) {
    const output = folder.join("output");
    const { stdout } = await iree(["inspect", ...flags, mul]);
    await iree(["inspect", ...flags, `--output=${output}`, mul]);
    assertEquals(await Deno.readTextFile(output), stdout);
  }
  const nowhere = folder.join("no", "where");
  const { code, stderr } = await iree(["inspect", `--output=${nowhere}`, mul]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, nowhere);
});

test("A program is read from stdin as -", async () => {
  const stdin = await Deno.readFile(mul);
  const { code, stdout } = await iree(["inspect", "-"], { stdin });
  assertEquals(code, 0);
  const file = await iree(["inspect", mul]);
  assertEquals(stdout, file.stdout.replace(mul, "-"));
  const cut = await iree(["inspect", "-"], { stdin: stdin.slice(0, 2000) });
  assertEquals([cut.code, cut.stdout], [1, ""]);
  assertStringIncludes(cut.stderr, "standard input: FlatBuffer length prefix");
});

test("A file that fails does not stop iree inspect from printing others", async () => {
  using folder = new TemporaryFolder();
  const cut = folder.join("cut.vmfb");
  await Deno.writeFile(cut, (await Deno.readFile(mul)).slice(0, 2000));
  const args = ["inspect", "nope.vmfb", mul, cut, sample];
  const { code, stdout, stderr } = await iree(args);
  assertEquals(code, 1);
  assertStringIncludes(stdout, `${mul}: compiled program\n`);
  assertStringIncludes(stdout, `\n\n${sample}: native library`);
  assertEquals(stderr.match(/^error: /gm)?.length, 2);
  assertStringIncludes(stderr, "failed to open file 'nope.vmfb'");
  assertStringIncludes(stderr, `'${cut}': FlatBuffer length prefix out of`);
});

test("Wrong usage of iree inspect exits with 2", async () => {
  await forEach(
    [
      [[], "no file given"],
      [["--json"], "no file given"],
      [["-", "-"], "- can be used only once"],
      [["--types", mul, sample], "--types requires exactly one program"],
      [["--types", "--json", mul], "--types requires exactly one program"],
      [["--types", "--load", mul], "--types requires exactly one program"],
      [["--all", "--json", mul], "--all applies to text"],
      [["--package=x", mul], "--package requires --types"],
      [["--load", mul], "--load requires a native library"],
      [[`${sample}@create_custom_module`], "names a module to create"],
      [["--bogus", mul], "flag 'bogus' not recognized"],
    ],
    async ([args, words]) => {
      const result = await iree(["inspect", ...args]);
      assertEquals([result.code, result.stdout], [2, ""]);
      assertStringIncludes(result.stderr, words as string);
      assertStringIncludes(result.stderr, "see `iree inspect --help`");
    },
  );
});

test("--types fails for invalid programs and modules that cannot be created", async () => {
  await forEach(
    [
      [["--types", sample], "INVALID_ARGUMENT"],
      [["--load", `${sample}@nope`], "symbol 'nope' not found"],
      [["--load", "nope.so"], "failed to open file 'nope.so'"],
    ],
    async ([args, words]) => {
      const { code, stderr } = await iree(["inspect", ...args]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, words as string);
    },
  );
});

test("Names in files cannot inject terminal escapes", async () => {
  const bytes = await Deno.readFile(mul);
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.indexOf("mul(%input0") - 1;
  assert(at > 0);
  // An escape in the attribute with the signature, and one in the name.
  for (const match of text.matchAll(/mul\0|@mul\(/g)) {
    bytes[match.index + 1] = 0x1b;
  }
  using folder = new TemporaryFolder();
  const path = folder.join("escape.vmfb");
  await Deno.writeFile(path, bytes);
  const { code, stdout } = await iree(["inspect", path]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "m\ufffdl");
  assert(!stdout.includes("\x1b"));
});

test("An inspection leaves nothing native behind", async () => {
  const { log, error } = console;
  console.log = console.error = () => {};
  try {
    assertEquals(await main(["inspect", "--load", types, mul]), 0);
    assertEquals(await main(["inspect", "--load", types, "nope.so"]), 1);
  } finally {
    Object.assign(console, { log, error });
  }
});
