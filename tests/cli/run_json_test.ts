// `iree run --output_format=json`.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  iree,
  nativeModule,
  program,
  TemporaryFolder,
  test,
} from "../support.ts";

const echo = await program("echo.mlir");
const fences = await program("mul_async.mlir");
const types = await nativeModule("fixtures/types_module.cc");

interface Parsed {
  readonly function: string;
  readonly results: readonly unknown[];
  readonly milliseconds: readonly number[];
  readonly matched?: boolean;
  readonly differences?: string;
}

async function run(...args: string[]): Promise<Parsed> {
  const { code, stdout, stderr } = await iree([
    "run",
    "--output_format=json",
    ...args,
  ]);
  assertEquals(stderr, "");
  const parsed: Parsed = JSON.parse(stdout);
  assertEquals(code, parsed.matched === false ? 1 : 0);
  return parsed;
}

function scalar(type: string, value: number | string): object {
  return { kind: "scalar", type, value };
}

function tensor(elementType: string, shape: number[], value: unknown): object {
  return { kind: "tensor", elementType, shape, value };
}

test("Scalars are numbers, or text where JSON would lose precision", async () => {
  const parsed = await run(
    echo,
    "--function=scalars",
    "--input=-7",
    "--input=9007199254740993",
    "--input=0.1",
    "--input=-inf",
  );
  assertEquals(parsed.function, "scalars");
  assertEquals(parsed.results, [
    scalar("i32", -7),
    scalar("i64", "9007199254740993"),
    scalar("f32", Math.fround(0.1)),
    scalar("f64", "-Infinity"),
  ]);
  assertEquals(parsed.milliseconds.length, 1);
  assert(parsed.milliseconds[0] > 0);
  const { results } = await run(echo, "--function=bf16", "--input=-1.5");
  assertEquals(results, [scalar("bf16", -1.5)]);
});

/** Inputs by their form as data. */
const TENSORS: readonly (readonly [string, object])[] = [
  ["2x2xi32=1 2 3 -4", tensor("i32", [2, 2], [[1, 2], [3, -4]])],
  ["f64=0.1", tensor("f64", [], 0.1)],
  ["2x0xf32", tensor("f32", [2, 0], [[], []])],
  [
    "4xf32=nan inf -inf -0",
    tensor("f32", [4], ["NaN", "Infinity", "-Infinity", "-0"]),
  ],
  [
    "2xui64=18446744073709551615 1",
    tensor("ui64", [2], ["18446744073709551615", "1"]),
  ],
  ["2xi1=01 00", tensor("i1", [2], [1, 0])],
  ["2xbf16=1.5 -2", tensor("bf16", [2], [1.5, -2])],
  ["1xf8E5M2=0.25", tensor("f8E5M2", [1], [0.25])],
  ["1xcf64=0000803f00000040", tensor("cf64", [1], [[1, 2]])],
  [
    "1xi24=010203",
    { kind: "tensor", elementType: "i24", shape: [1], bytes: "010203" },
  ],
  ["(null)", { kind: "null" }],
];

test("Tensors are nested arrays with their types and shapes", async () => {
  for (const [input, result] of TENSORS) {
    const args = [echo, "--function=view", `--input=${input}`];
    assertEquals((await run(...args)).results, [result], input);
  }
  const { results } = await run(
    fences,
    "--input=4xf32=2",
    "--input=4xf32=1 2 3 4",
  );
  assertEquals(results, [tensor("f32", [4], [2, 4, 6, 8])]);
});

test("All elements are printed, however many there are", async () => {
  const { results } = await run(echo, "--function=view", "--input=5000xi8=1");
  assertEquals(results, [tensor("i8", [5000], Array(5000).fill(1))]);
  const { code, stderr } = await iree([
    "run",
    echo,
    "--output_format=json",
    "--output_max_element_count=2",
  ]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "JSON has all elements");
});

test("Lists of drivers and devices are text only", async () => {
  for (const list of ["list_drivers", "dump_devices=local-sync"]) {
    const { code, stdout, stderr } = await iree([
      "run",
      "--output_format=json",
      `--${list}`,
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "use `iree devices --json`");
  }
});

test("Objects are described by their types", async () => {
  const call = (name: string) => run(types, `--function=${name}`);
  const [list] = (await call("make_list")).results;
  assertEquals((list as { kind: string }).kind, "list");
  const [buffer] = (await call("make_buffer")).results;
  assertEquals((buffer as { type: string }).type, "vm.buffer");
  assertEquals(
    (await run(echo, "--function=buffer", "--input=&4xf32")).results,
    [{ kind: "object", type: "hal.buffer" }],
  );
});

test("Expected outputs and mismatches are data too", async () => {
  const args = [echo, "--function=view", "--input=2xf32=1 2"];
  const matched = await run(...args, "--expected_output=2xf32=1 2");
  assertEquals([matched.matched, matched.differences], [true, ""]);
  const different = await run(...args, "--expected_output=2xf32=1 3");
  assertEquals(different.matched, false);
  assertStringIncludes(
    different.differences ?? "",
    "[FAILED] result[0]: element at index 1 (2)",
  );
  assertEquals(different.results, [tensor("f32", [2], [1, 2])]);
});

test("Results written to files have types and shapes but no contents", async () => {
  using folder = new TemporaryFolder();
  const file = folder.join("out.npy");
  const { results } = await run(
    echo,
    "--function=two",
    "--input=2xi8=1 2",
    "--input=1xi8=3",
    `--output=@${file}`,
    "--output=-",
  );
  assertEquals(results, [
    { kind: "tensor", elementType: "i8", shape: [2] },
    tensor("i8", [1], [3]),
  ]);
  assert(Deno.statSync(file).isFile);
});

test("Every repeated call has its time", async () => {
  const { milliseconds } = await run(
    echo,
    "--function=i8",
    "--input=3",
    "--repeat=7",
  );
  assertEquals(milliseconds.length, 7);
  assert(milliseconds.every((it) => it >= 0));
});

test("Failures are reported only on stderr", async () => {
  const { code, stdout, stderr } = await iree([
    "run",
    echo,
    "--output_format=json",
    "--function=view",
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "INVALID_ARGUMENT");
});
