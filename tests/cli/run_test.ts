import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { basename, dirname } from "@std/path";
import {
  nativeModule,
  program,
  type RunOptions,
  sampleModule,
  TemporaryFolder,
  test,
} from "../support.ts";
import {
  assertBothFail,
  assertSame,
  call,
  forEach,
  peer,
  runBoth,
} from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const single = await program("single.mlir");
const manyTypes = await program("many_types.mlir");
const customImport = await program("custom_import.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const sample = await sampleModule();

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
  test(`${name} reads and prints numbers like iree-run-module`, async () => {
    const printed = new Set<string>();
    await forEach(inputs, async (input) => {
      printed.add(await assertSame(call([arithmetic], name, input, "0")));
    });
    // 0 and -0, and equal values in another base.
    assert(printed.size > inputs.length / 2);
  });
}

test("Several arguments and results, and none, print like iree-run-module's", async () => {
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

test("Results that are objects print like iree-run-module's", async () => {
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

test("A program's only function is the default", async () => {
  await forEach([
    [`--module=${single}`, "--input=4"],
    [`--module=${single}`, "--function=", "--input=4"],
    // The function is the last module's.
    [`--module=${types}`, `--module=${single}`, "--input=4"],
    [`--module=${single}`, `--module=${single}`, "--input=4"],
  ], async (args) => {
    assertEquals(await assertSame(args), "EXEC @double\nresult[0]: i32=8\n");
  });
});

test("The function is looked up in the last module", async () => {
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

test("Files are read, mapped or read from stdin", async () => {
  const stdin = await Deno.readFile(single);
  await forEach<[string[], RunOptions?]>([
    [[`--module=${single}`, "--module_mode=preload"]],
    [[`--module=${single}`, "--module_mode=mmap"]],
    [["--module=-"], { stdin }],
    [["--module=-", "--module_mode=mmap"], { stdin }],
    [[`--module=${types}`, "--module=-"], { stdin }],
  ], async ([args, options]) => {
    assertEquals(
      await assertSame([...args, "--input=4"], options),
      "EXEC @double\nresult[0]: i32=8\n",
    );
  });
  const { theirs, ours } = await runBoth(["--module=-"], {
    stdin: new Uint8Array(),
  });
  assertEquals([theirs.code, theirs.stdout], [1, ""]);
  assertStringIncludes(theirs.stderr, "INVALID_ARGUMENT; FlatBuffer data");
  assertEquals(ours, {
    code: 1,
    stdout: "",
    stderr:
      "error: INVALID_ARGUMENT: the program is empty, not a compiled program (.vmfb)\n",
  });
});

test("A program on stdin may be longer than a pipe's buffer", async () => {
  const bytes = await Deno.readFile(single);
  const stdin = new Uint8Array(300_000);
  stdin.set(bytes);
  await assertSame(["--module=-", "--input=4"], { stdin });
});

test("Paths are relative to the working directory", async () => {
  const options = { cwd: dirname(single) };
  const module = `--module=${basename(single)}`;
  await assertSame([module, "--input=4"], options);
  const library = { cwd: dirname(types) };
  const native = `--module=./${basename(types)}`;
  await assertSame([native, "--function=counter_live"], library);
});

test("A flag file is expanded in place, as in iree-run-module", async () => {
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
