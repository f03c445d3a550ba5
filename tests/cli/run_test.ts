import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { basename, dirname } from "@std/path";
import {
  nativeModule,
  program,
  sampleModule,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";
import { assertBothFail, assertSame, forEach, peer, runBoth } from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const single = await program("single.mlir");
const manyTypes = await program("many_types.mlir");
const customImport = await program("custom_import.mlir");
const missingImport = await program("missing_import.mlir");
const missingFunction = await program("missing_function.mlir");
const signatureMismatch = await program("signature_mismatch.mlir");
const tensors = await program("mul_vmvx.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const refusing = await nativeModule("fixtures/refusing_module.cc");
const notIree = await nativeModule("fixtures/not_iree.c");
const sample = await sampleModule();
const example = await sampleProgram();

/** Arguments that run a function with inputs. */
function call(
  modules: string[],
  name: string,
  ...inputs: (string | number)[]
): string[] {
  return [
    ...modules.map((module) => `--module=${module}`),
    `--function=${name}`,
    ...inputs.map((input) => `--input=${input}`),
  ];
}

test("The peer is iree-run-module", async () => {
  const { code, stdout } = await peer(["--help"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "IREE: iree-run-module");
  assertStringIncludes(stdout, "--expected_output");
});

const INTEGERS = ["0", "-7", "0x7f", "-0x10", "017", "-010", " 5 "];
const FLOATING = [
  ..."0 -0 3 -2.5 .5 2. 1e-3 -1.5E+3 inf -INF nan 0x1.8p3 0X.8P-1".split(" "),
  ..."0.1 123456789 1e20 1e-7 16777217 100000 1000000 1234.5678".split(" "),
];
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  add_i32: [...INTEGERS, "2147483647", "-2147483648"],
  add_i64: [...INTEGERS, "9223372036854775807", "-9223372036854775808"],
  add_f32: [...FLOATING, "3.4028234e38", "1e-45", "1e-40"],
  add_f64: [...FLOATING, "1.7976931348623157e308", "5e-324"],
};

for (const [name, inputs] of Object.entries(SCALARS)) {
  test(`${name} reads and prints numbers as iree-run-module does`, async () => {
    const printed = new Set<string>();
    await forEach(inputs, async (input) => {
      printed.add(await assertSame(call([arithmetic], name, input, "0")));
    });
    // 0 and -0, and what is the same in another base.
    assertEquals(printed.size > inputs.length / 2, true);
  });
}

test("Several arguments and results, and none, print as theirs do", async () => {
  const mixed = [1, "1099511627776", 1.5, 2.25, -3, 4, 0.1, 1e-9];
  await forEach([
    call([arithmetic], "mixed", ...mixed),
    call([types], "mixed", ...mixed),
    call([types], "reversed", 1, 2, 3.5, 4.5),
    call([arithmetic], "nothing"),
    call([types], "nothing"),
    call([arithmetic], "loop_i64", 1000),
    call([arithmetic], "require_positive", 1),
    call([types, manyTypes], "scalars", 1, 2, 3.5, 4.5),
  ], assertSame);
});

test("Results that are objects print as theirs do", async () => {
  await forEach([
    call([types], "make_list"),
    call([types], "make_null"),
    call([types], "make_buffer"),
    call([types], "make_buffer_view"),
    call([types], "counter_create", 3),
    call([types], "echo_ref", "(null)"),
    call([types, manyTypes], "list"),
    call([types, manyTypes], "buffer"),
    call([types, manyTypes], "buffer_view"),
    call([types, manyTypes], "doubled"),
    call([types, manyTypes], "counter", 3, 4),
    call([sample, customImport], "create_constant"),
    call([sample, customImport], "live"),
  ], assertSame);
  assertMatch(
    await assertSame(call([types, manyTypes], "counter", 3, 4)),
    /^EXEC @counter\nresult\[0\]: types.counter\n.*\nresult\[1\]: i32=11\n$/,
  );
});

test("The only function need not be named", async () => {
  await forEach([
    [`--module=${single}`, "--input=4"],
    [`--module=${single}`, "--function=", "--input=4"],
    // The last module is the one whose function is meant.
    [`--module=${types}`, `--module=${single}`, "--input=4"],
    [`--module=${single}`, `--module=${single}`, "--input=4"],
  ], async (args) => {
    assertEquals(await assertSame(args), "EXEC @double\nresult[0]: i32=8\n");
  });
});

test("The function is one of the last module", async () => {
  assertEquals(
    await assertSame(call([arithmetic, types], "counter_live")),
    "EXEC @counter_live\nresult[0]: i32=0\n",
  );
  await assertBothFail(
    call([types, arithmetic], "counter_live"),
    "NOT_FOUND",
    "no function 'counter_live' exported by module",
  );
  await assertBothFail(
    [`--module=${single}`, `--module=${arithmetic}`],
    "INVALID_ARGUMENT",
    "more than one exported function present",
  );
});

test("Files are read, mapped or come from stdin", async () => {
  const stdin = await Deno.readFile(single);
  await forEach([
    [`--module=${single}`, "--module_mode=preload"],
    [`--module=${single}`, "--module_mode=mmap"],
    ["--module=-"],
    [`--module=${types}`, "--module=-"],
  ], async (args) => {
    assertEquals(
      await assertSame([...args, "--input=4"], { stdin }),
      "EXEC @double\nresult[0]: i32=8\n",
    );
  });
  await assertBothFail(["--module=-"], "INVALID_ARGUMENT", "FlatBuffer", {
    stdin: new Uint8Array(),
  });
});

test("A program from stdin may be longer than what a pipe holds", async () => {
  const bytes = await Deno.readFile(single);
  const stdin = new Uint8Array(300_000);
  stdin.set(bytes);
  await assertSame(["--module=-", "--input=4"], { stdin });
});

test("Paths are those of the folder that the command runs in", async () => {
  const options = { cwd: dirname(single) };
  const module = `--module=${basename(single)}`;
  await assertSame([module, "--input=4"], options);
  const library = { cwd: dirname(types) };
  const native = `--module=./${basename(types)}`;
  await assertSame([native, "--function=counter_live"], library);
});

test("A flag file is read as theirs is, where it stands", async () => {
  using folder = new TemporaryFolder();
  const [outer, inner] = [folder.join("outer"), folder.join("inner")];
  await Deno.writeTextFile(inner, "# c\r\n// c\r\n\r\n--input=2\r\n");
  await Deno.writeTextFile(
    outer,
    `--function=reversed\n  --flagfile=${inner}  \n\n--input=3`,
  );
  assertEquals(
    await assertSame([
      `--module=${types}`,
      "--function=nope",
      "--input=1",
      `--flagfile=${outer}`,
      "--input=4",
    ]),
    "EXEC @reversed\nresult[0]: f64=4\nresult[1]: f32=3\n" +
      "result[2]: i64=2\nresult[3]: i32=1\n",
  );
});

test("Modules that cannot be loaded fail in IREE's words", async () => {
  using folder = new TemporaryFolder();
  const short = folder.join("short.vmfb");
  await Deno.writeFile(short, (await Deno.readFile(single)).slice(0, 100));
  const text = folder.join("text.so");
  await Deno.writeTextFile(text, "no library");
  const cases: [string[], string, string][] = [
    [["nope.vmfb"], "NOT_FOUND", "failed to open file 'nope.vmfb'"],
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
      "parameter 'bad' is refused",
    ],
    [[`${refusing}@create_silent_module`], "ABORTED", ""],
  ];
  await forEach(
    cases,
    ([modules, ...error]) => assertBothFail(call(modules, "f"), ...error),
  );
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
    [[sample, missingFunction], "NOT_FOUND", "function nothing not exported"],
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
  await assertBothFail(
    ["--device=bogus", ...call([sample, example], "main")],
    "NOT_FOUND",
    "no driver 'bogus' registered",
  );
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
    [
      call([arithmetic], "add_i32", 1),
      "INVALID_ARGUMENT",
      "input list and function mismatch; expected 2 arguments but passed 1",
    ],
    [
      // Of a program with a device only one function is for others.
      [`--module=${tensors}`],
      "INVALID_ARGUMENT",
      "input list and function mismatch; expected 2 arguments but passed 0",
    ],
    [
      call([arithmetic], "add_i32", 1, 2, 3),
      "INVALID_ARGUMENT",
      "function expected fewer input values",
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

test("Functions that fail do so in their own words, once they run", async () => {
  await forEach(
    [
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
    ] as const,
    async ([args, ...error]) => {
      await assertBothFail(args, ...error);
      const { ours } = await runBoth(args);
      assertMatch(ours.stdout, /^EXEC @\w+\n$/);
    },
  );
});
