// Faults of the peers that `iree run` does not have.

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { basename, dirname } from "@std/path";
import {
  iree,
  nativeModule,
  program,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";
import { forEach, peer, runBoth } from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const single = await program("single.mlir");
const missingImport = await program("missing_import.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const parameters = await nativeModule("fixtures/parameters_module.cc");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const sample = await sampleModule();
const example = await sampleProgram();

test("A scalar that does not fit is rejected, not changed", async () => {
  const range = {
    i32: "an integer from -2147483648 to 2147483647",
    f32: "0, a number of size 1.4e-45 to 3.4e38, inf or nan",
    f64: "0, a number of size 4.9e-324 to 1.8e308, inf or nan",
  };
  await forEach(
    [
      ["i32", "3.7", "3"],
      ["i32", "99999999999", "1215752191"],
      ["i32", "2147483648", "-2147483648"],
      ["i32", "0xffffffff", "-1"],
      ["i32", "4xi32=1", "4"],
      ["i32", "1 2", "1"],
      ["i32", "08", "0"],
      ["f32", "1e39", "inf"],
      ["f32", "1,5", "1"],
      ["f64", "1e309", "inf"],
      ["f64", "1e", "1"],
    ] as const,
    async ([type, input, wrong]) => {
      const { theirs, ours } = await runBoth([
        `--module=${arithmetic}`,
        `--function=add_${type}`,
        "--input=0",
        `--input=${input}`,
      ]);
      assertEquals(
        [theirs.code, theirs.stdout],
        [0, `EXEC @add_${type}\nresult[0]: ${type}=${wrong}\n`],
      );
      assertEquals(ours, {
        code: 1,
        stdout: "",
        stderr: `error: INVALID_ARGUMENT: parsing value \`${input}\` as ` +
          `${type}; parsing input 1\nan ${type} is ${range[type]}\n`,
      });
    },
  );
});

test("An error in an expected output names the output, not an input", async () => {
  for (
    const [expected, words] of [
      [["x"], "parsing value `x` as i32; parsing expected output 0"],
      [[""], "no value specified for expected output"],
      [["2", "2"], "'double' returns 1 result, got 2 expected outputs"],
    ] as const
  ) {
    const { code, stdout, stderr } = await iree([
      "run",
      `--module=${single}`,
      "--input=1",
      ...expected.map((it) => `--expected_output=${it}`),
    ]);
    assertEquals([code, stdout], [1, "EXEC @double\n"]);
    assertStringIncludes(stderr, words);
  }
});

test("Wrong usage exits with 2 before anything runs", async () => {
  const good = [`--module=${single}`, "--input=1"];
  await forEach<[string[], number, string]>([
    [[...good, "stray"], 0, "unexpected argument 'stray'"],
    [
      [...good, "--trace_execution=maybe"],
      0,
      "flag 'trace_execution' must be true or false, got 'maybe'",
    ],
    [[...good, "--bogus=1"], 1, "flag 'bogus' not recognized"],
    [
      [...good, "--module_mode=bogus"],
      1,
      "unrecognized --module_mode= value 'bogus'",
    ],
    [[...good, "--flagfile=/nope"], 1, "flag file '/nope' cannot be read"],
    [[`--module=${single}`, "--input"], 1, "flag 'input' needs a value"],
    [[], 1, "no user module specified; use --module=file.vmfb to load"],
  ], async ([args, theirCode, words]) => {
    const { theirs, ours } = await runBoth(args);
    assertEquals(theirs.code, theirCode, theirs.stderr);
    assertEquals([ours.code, ours.stdout], [2, ""], ours.stderr);
    assertStringIncludes(ours.stderr, `error: ${words}`);
    assertStringIncludes(ours.stderr, "\n\nsee `iree run --help`\n");
  });
});

test("A flag file that includes itself is wrong usage, not a crash", async () => {
  using folder = new TemporaryFolder();
  const file = folder.join("self");
  await Deno.writeTextFile(file, `--flagfile=${file}\n`);
  const { theirs, ours } = await runBoth([`--flagfile=${file}`]);
  assert(theirs.code > 128, `${theirs.code}`);
  assertEquals([ours.code, ours.stdout], [2, ""]);
  assertStringIncludes(ours.stderr, `flag file '${file}' is nested too deep`);
});

test("- and _ in flag names are equivalent", async () => {
  const args = [`--module=${single}`, "--module-mode=mmap", "--input=4"];
  const { theirs, ours } = await runBoth(args);
  assertEquals(theirs.code, 1);
  assertStringIncludes(theirs.stderr, "flag 'module-mode' not recognized");
  assertEquals(
    ours,
    { code: 0, stdout: "EXEC @double\nresult[0]: i32=8\n", stderr: "" },
  );
});

test("Folders and file names may contain @ and ?", async () => {
  using folder = new TemporaryFolder();
  const cwd = folder.path;
  await Deno.mkdir(folder.join("@scope"));
  await Deno.mkdir(folder.join("dir@2", "what?"), { recursive: true });
  for (
    const path of ["@scope/one.vmfb", "dir@2/what?/one@3.vmfb", "one?a=b.vmfb"]
  ) {
    await Deno.copyFile(single, folder.join(path));
    const args = [`--module=${path}`, "--input=4"];
    const { theirs, ours } = await runBoth(args, { cwd });
    assertEquals(theirs.code, path.includes("@") ? 1 : 0, path);
    assertEquals(
      ours,
      { code: 0, stdout: "EXEC @double\nresult[0]: i32=8\n", stderr: "" },
    );
  }
  for (const path of ["@scope/lib.so", "dir@2/what?/lib@3?.so"]) {
    await Deno.copyFile(parameters, folder.join(path));
    for (
      const [suffix, count] of [
        ["", 0],
        ["@iree_vm_dynamic_module_create", 0],
        ["@iree_vm_dynamic_module_create?k=@?&l", 2],
        ["@?k=v.so", 1],
        ["?k=v&l=w&m=x", 3],
      ] as const
    ) {
      const args = [`--module=./${path}${suffix}`, "--function=count"];
      const { theirs, ours } = await runBoth(args, { cwd });
      assert(theirs.code > 0, args[0]);
      assertEquals(
        ours,
        {
          code: 0,
          stdout: `EXEC @count\nresult[0]: i32=${count}\n`,
          stderr: "",
        },
        args[0],
      );
    }
  }
});

test("An existing file wins over the export that its name spells", async () => {
  using folder = new TemporaryFolder();
  const cwd = folder.path;
  await Deno.copyFile(types, folder.join("lib.so"));
  const args = ["--module=./lib.so@v2.so", "--function=count"];
  const before = await iree(["run", ...args], { cwd });
  assertEquals(before.code, 1);
  assertStringIncludes(before.stderr, "symbol 'v2.so' not found in library");
  await Deno.copyFile(parameters, folder.join("lib.so@v2.so"));
  const { stdout } = await iree(["run", ...args], { cwd });
  assertEquals(stdout, "EXEC @count\nresult[0]: i32=0\n");
});

test("Libraries may have versioned names and are found in the working directory", async () => {
  using folder = new TemporaryFolder();
  const cwd = folder.path;
  for (const path of ["lib.so", "lib.so.1", "lib.so.1.20"]) {
    await Deno.copyFile(parameters, folder.join(path));
    const args = [`--module=${path}@?k=v`, "--function=count"];
    const { theirs, ours } = await runBoth(args, { cwd });
    assertEquals(theirs.code, 1, path);
    assertEquals(ours.stdout, "EXEC @count\nresult[0]: i32=1\n", ours.stderr);
  }
});

test("Parameters of the default export need no @", async () => {
  const { theirs, ours } = await runBoth([
    `--module=${parameters}?k=v&l`,
    "--function=count",
  ]);
  assertEquals(theirs.code, 1);
  assertStringIncludes(theirs.stderr, "failed to open file");
  assertEquals(
    ours,
    { code: 0, stdout: "EXEC @count\nresult[0]: i32=2\n", stderr: "" },
  );
});

test("Spaces at the end of a value are part of it", async () => {
  const { theirs, ours } = await runBoth([
    `--module=${sample}@?prefix=> `,
    `--module=${example}`,
    "--function=main",
  ]);
  assertEquals([theirs.code, ours.code], [0, 0]);
  assertStringIncludes(theirs.stdout, "\n>CREATE 5xi8=");
  assertStringIncludes(ours.stdout, "\n> CREATE 5xi8=");
});

test("A creation function without a module is an error, not a crash", async () => {
  const { theirs, ours } = await runBoth([
    `--module=${refusing}@create_no_module`,
    "--function=f",
  ]);
  assert(theirs.code > 128, `${theirs.code}`);
  assertEquals([ours.code, ours.stdout], [1, ""]);
  assertMatch(ours.stderr, /^error: INTERNAL: .*'create_no_module'/);
  assertStringIncludes(ours.stderr, `'${refusing}'`);
});

test("A wrong export name's error lists the exports", async () => {
  const { theirs, ours } = await runBoth([`--module=${sample}@nosuch`]);
  assertEquals([theirs.code, ours.code], [1, 1]);
  assertFalse(theirs.stderr.includes("create_custom_module"));
  for (
    const name of [
      "create_custom_module",
      "create_shout_module",
      "iree_vm_dynamic_module_create",
    ]
  ) {
    assertStringIncludes(ours.stderr, name);
  }
});

test("A missing module's error lists the given modules in order", async () => {
  const args = [sample, types, missingImport].map((it) => `--module=${it}`);
  const { theirs, ours } = await runBoth(args);
  assertEquals([theirs.code, ours.code], [1, 1]);
  const given = "custom, types, missing_import";
  assertFalse(theirs.stderr.includes(given));
  assertStringIncludes(ours.stderr, given);
  assertStringIncludes(ours.stderr, "module 'missing_import' needs it");
});

test("--trace_execution prints the VM's operations, to stderr only", async () => {
  const args = [`--module=${single}`, "--input=4"];
  const traced = ["--trace_execution", ...args];
  const { theirs, ours } = await runBoth(traced);
  assertEquals([theirs.code, theirs.stderr], [0, ""]);
  assertEquals([ours.code, ours.stdout], [0, theirs.stdout]);
  assertMatch(ours.stderr, /\[single\.double\+[0-9A-F]{8}\] .* = vm\.add\.i32/);
  assertMatch(ours.stderr, /\[single\.double\+[0-9A-F]{8}\] +vm\.return %i/);
  assertEquals(
    await iree(["run", ...traced, "--trace_execution=false"]),
    { code: 0, stdout: theirs.stdout, stderr: "" },
  );
});

test("A library is found in the working directory, with or without a slash", async () => {
  const options = { cwd: dirname(types) };
  const args = [`--module=${basename(types)}`, "--function=counter_live"];
  assertEquals((await peer(args, options)).code, 1);
  assertEquals(
    (await iree(["run", ...args], options)).stdout,
    "EXEC @counter_live\nresult[0]: i32=0\n",
  );
});
