// Failures have the same code and words as iree-run-module's.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  iree,
  nativeModule,
  program,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";
import { assertBothFail, call, forEach, runBoth } from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const single = await program("single.mlir");
const missingImport = await program("missing_import.mlir");
const signatureMismatch = await program("signature_mismatch.mlir");
const tensors = await program("mul_vmvx.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const notIree = await nativeModule("fixtures/not_iree.c");
const sample = await sampleModule();
const example = await sampleProgram();

test("Modules that cannot be loaded fail in IREE's words", async () => {
  using folder = new TemporaryFolder();
  const short = folder.join("short.vmfb");
  await Deno.writeFile(short, (await Deno.readFile(single)).slice(0, 100));
  const text = folder.join("text.so");
  await Deno.writeTextFile(text, "no library");
  const cases: [string[], string, string][] = [
    [["/nope.vmfb"], "NOT_FOUND", "failed to open file '/nope.vmfb'"],
    [[short], "INVALID_ARGUMENT", "FlatBuffer length prefix out of bounds"],
    [["/nope.so"], "NOT_FOUND", "failed to load dynamic library"],
    [[text], "NOT_FOUND", "failed to load dynamic library"],
    [
      [notIree],
      "NOT_FOUND",
      "symbol 'iree_vm_dynamic_module_create' not found in library",
    ],
    [
      [`${sample}@nosuch`, example],
      "NOT_FOUND",
      "symbol 'nosuch' not found in library",
    ],
    [
      [`${refusing}@create_future_module`],
      "UNIMPLEMENTED",
      "needs version 2147483647, the runtime has 1",
    ],
    [
      [`${refusing}@create_picky_module?ok&bad=1`],
      "INVALID_ARGUMENT",
      "parameter 'bad' is not accepted",
    ],
    [[`${refusing}@create_silent_module`], "ABORTED", ""],
  ];
  await forEach(
    cases,
    ([modules, ...error]) => assertBothFail(call(modules, "f"), ...error),
  );
});

test("An empty file fails with the same code and a message that says so", async () => {
  using folder = new TemporaryFolder();
  const empty = folder.join("empty.vmfb");
  await Deno.writeFile(empty, new Uint8Array());
  const cases: [string, string][] = [
    ["preload", "FlatBuffer data is not present or less than 16 bytes"],
    ["mmap", "failed to map file handle range"],
  ];
  await forEach(cases, async ([mode, words]) => {
    const args = [`--module=${empty}`, `--module_mode=${mode}`];
    const { ours, theirs } = await runBoth(args);
    assertEquals([theirs.code, ours.code], [1, 1]);
    assertStringIncludes(theirs.stderr, `INVALID_ARGUMENT; ${words}`);
    assertEquals(
      ours.stderr,
      `error: INVALID_ARGUMENT: '${empty}' is empty, not a compiled program ` +
        "(.vmfb)\n",
    );
  });
});

test("Modules that cannot be linked fail in IREE's words", async () => {
  const noType = "no type registered with name '!custom.string'";
  const cases: [string[], string, string][] = [
    [[example], "NOT_FOUND", noType],
    [[example, sample], "NOT_FOUND", noType],
    [
      [missingImport],
      "NOT_FOUND",
      "required module 'nowhere' not available",
    ],
    [
      [sample, signatureMismatch],
      "INTERNAL",
      "import function custom.string.print signature mismatch between " +
      "signature_mismatch and source custom; expected 0i_i but got 0r_v",
    ],
  ];
  await forEach(
    cases,
    ([modules, ...error]) => assertBothFail(call(modules, "main"), ...error),
  );
  for (
    const [device, words] of [
      ["bogus", "no driver 'bogus' registered"],
      ["", "no driver '' registered"],
      ["local-task://0", "device paths not yet implemented"],
    ]
  ) {
    await assertBothFail(
      [`--device=${device}`, ...call([sample, example], "main")],
      "NOT_FOUND",
      words,
    );
  }
});

test("Functions that cannot be called fail in IREE's words", async () => {
  const cases: [string[], string, string][] = [
    [
      call([arithmetic], "nope"),
      "NOT_FOUND",
      "no function 'nope' exported by module",
    ],
    [
      [`--module=${arithmetic}`],
      "INVALID_ARGUMENT",
      "more than one exported function present; --function= must be " +
      "specified explicitly",
    ],
    [
      [`--module=${refusing}@create_picky_module`],
      "INVALID_ARGUMENT",
      "no exported functions found in module; at least one must be present",
    ],
  ];
  for (const input of ["abc", "9223372036854775808", "'5'", "--1"]) {
    cases.push([
      call([arithmetic], "add_i64", 1, input),
      "INVALID_ARGUMENT",
      `parsing value '${input}' as i64`,
    ]);
  }
  await forEach(cases, ([args, ...error]) => assertBothFail(args, ...error));
});

test("A wrong number of inputs fails with both counts and the same code", async () => {
  const add = "it is declared as `sync func @add_i32(%input0: i32, %input1: " +
    "i32) -> (%output0: i32)`";
  const mul = "it is declared as `sync func @mul(%input0: tensor<4xf32>, " +
    "%input1: tensor<4xf32>) -> (%output0: tensor<4xf32>)`";
  const mismatch = "input list and function mismatch; expected 2 arguments " +
    "but passed";
  const cases: [string[], theirs: string, ours: string][] = [
    [
      call([arithmetic], "add_i32", 1),
      `${mismatch} 1`,
      `'add_i32' takes 2 inputs, got 1\n${add}`,
    ],
    [
      // In a program with a device only one function is public.
      [`--module=${tensors}`],
      `${mismatch} 0`,
      `'mul' takes 2 inputs, got 0\n${mul}`,
    ],
    [
      call([arithmetic], "add_i32", 1, 2, 3),
      "function expected fewer input values",
      `'add_i32' takes 2 inputs, got 3\n${add}`,
    ],
    [
      call([arithmetic], "add_i32", 1, 2, 3, 4, 5),
      "function expected fewer input values",
      `'add_i32' takes 2 inputs, got 5\n${add}`,
    ],
  ];
  await forEach(cases, async ([args, words, message]) => {
    const { ours, theirs } = await runBoth(args);
    assertEquals([theirs.code, ours.code], [1, 1]);
    assertEquals(ours.stdout, theirs.stdout);
    assertStringIncludes(theirs.stderr, `INVALID_ARGUMENT; ${words}`);
    assertEquals(ours.stderr, `error: INVALID_ARGUMENT: ${message}\n`);
  });
});

test("A file without @ is rejected with a suggestion", async () => {
  for (
    const [input, hint] of [
      ["x.npy", "for a file, write @x.npy"],
      ["data/x.npy", "for a file, write @data/x.npy"],
      [
        "x.bin",
        "for a file's bytes, put the type first: 4xf32=@x.bin",
      ],
    ]
  ) {
    for (const args of [[`--input=${input}`], [input]]) {
      assertEquals(await iree(["run", tensors, ...args]), {
        code: 1,
        stdout: "",
        stderr:
          `error: INVALID_ARGUMENT: \`${input}\` is the name of a file, ` +
          `not a value; parsing input 0\n${hint}\n`,
      });
    }
  }
});

test("Failing functions report their own messages", async () => {
  const cases: [string[], string, string][] = [
    [
      call([sample, example], "error"),
      "UNKNOWN",
      "this function fails whenever it is called",
    ],
    [
      call([arithmetic], "require_positive", -1),
      "FAILED_PRECONDITION",
      "the number must be positive",
    ],
    [call([types], "fail", 5), "NOT_FOUND", "failed as asked: 5"],
    [
      call([types], "list_size", "(null)"),
      "INVALID_ARGUMENT",
      "reference is null",
    ],
  ];
  await forEach(cases, async ([args, ...error]) => {
    const { stdout } = await assertBothFail(args, ...error);
    assertMatch(stdout, /^EXEC @\w+\n$/);
  });
});
