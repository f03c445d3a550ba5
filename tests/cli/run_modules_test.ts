// Native modules from the command line.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { load, type VmBuffer } from "../../mod.ts";
import {
  iree,
  nativeModule,
  program,
  sampleModule,
  sampleProgram,
  test,
} from "../support.ts";
import { assertSame, forEach } from "./peer.ts";

const parameters = await nativeModule("fixtures/parameters_module.cc");
const arithmetic = await program("arithmetic.mlir");
const mul = await program("mul.mlir");
const customImport = await program("custom_import.mlir");
const sample = await sampleModule();
const example = await sampleProgram();

const PRINTED = "EXEC @main\nCREATE 5xi8=0 1 2 3 4\nPRINT 5xi8=0 1 2 3 4\n";

test("The sample prints in order, including output from C++", async () => {
  for (
    const module of [
      sample,
      `${sample}@create_custom_module`,
      `${sample}@`,
      `${sample}@?`,
    ]
  ) {
    const args = [
      `--module=${module}`,
      `--module=${example}`,
      "--function=main",
    ];
    assertEquals(await assertSame(args), PRINTED);
  }
});

test("The sample runs on each CPU device", async () => {
  await forEach(["local-sync", "local-task"], async (uri) => {
    const args = [
      `--module=${sample}`,
      `--module=${example}`,
      "--function=main",
      `--device=${uri}`,
    ];
    assertEquals(await assertSame(args), PRINTED);
  });
});

test("The sample's failure exits with 1, UNKNOWN and the module's words", async () => {
  const { code, stdout, stderr } = await iree([
    "run",
    `--module=${sample}@create_custom_module`,
    `--module=${example}`,
    "--function=error",
  ]);
  assertEquals([code, stdout], [1, "EXEC @error\n"]);
  assertMatch(
    stderr,
    /^error: UNKNOWN: this function fails whenever it is called/,
  );
});

test("Several modules of one library share a context", async () => {
  for (
    const modules of [
      [`${sample}@create_shout_module`, sample, example],
      [sample, `${sample}@create_shout_module`, example],
    ]
  ) {
    const args = modules.map((module) => `--module=${module}`);
    assertEquals(await assertSame([...args, "--function=main"]), PRINTED);
  }
  const args = [
    `--module=${sample}`,
    `--module=${customImport}`,
    `--module=${sample}@create_shout_module`,
    "--function=string.live",
  ];
  assertEquals(
    await assertSame(args),
    "EXEC @string.live\nresult[0]: i32=0\n",
  );
});

test("Parameters change a module's behaviour", async () => {
  await forEach(
    [
      ["prefix= > &quiet=0", " > ", false],
      ["prefix=a&prefix=&prefix=b", "ab", false],
      ["prefix=%20", "%20", false],
      ["prefix=a=b?c", "a=b?c", false],
      ["prefix=@", "@", false],
      ["prefix=äö", "äö", false],
      ["uppercase", "", true],
      ["uppercase=", "", true],
      ["uppercase=0", "", false],
      ["uppercase=1&uppercase=0&uppercase", "", true],
      ["uppercase&", "", true],
      ["&uppercase", "", true],
      ["quiet=0&prefix=x&uppercase=1", "x", true],
    ] as const,
    async ([query, prefix, uppercase]) => {
      const text = uppercase ? "5XI8=0 1 2 3 4" : "5xi8=0 1 2 3 4";
      const args = [`--module=${example}`, "--function=main"];
      assertEquals(
        await assertSame([`--module=${sample}@?${query}`, ...args]),
        `EXEC @main\n${prefix}CREATE ${text}\n${prefix}PRINT ${text}\n`,
        query,
      );
    },
  );
  const { code, stdout, stderr } = await iree([
    "run",
    `--module=${sample}@create_custom_module?quiet&typo=1`,
    `--module=${example}`,
    "--function=main",
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "INVALID_ARGUMENT: unknown parameter 'typo'");
});

const QUERIES: readonly [string, ...[string, string][]][] = [
  [""],
  ["a=1&b=2", ["a", "1"], ["b", "2"]],
  ["k=1&k=2&k=1", ["k", "1"], ["k", "2"], ["k", "1"]],
  ["a=&b&c=", ["a", ""], ["b", ""], ["c", ""]],
  ["a&&b", ["a", ""], ["", ""], ["b", ""]],
  ["a&", ["a", ""]],
  ["&a", ["a", ""]],
  ["&"],
  ["=v", ["", "v"]],
  ["a=b=c", ["a", "b=c"]],
  ["a=%20+", ["a", "%20+"]],
];

test("As many parameters arrive as with iree-run-module", async () => {
  await forEach(QUERIES, async ([query, ...pairs]) => {
    assertEquals(
      await assertSame([
        `--module=${parameters}@?${query}`,
        "--function=count",
      ]),
      `EXEC @count\nresult[0]: i32=${pairs.length}\n`,
      query,
    );
  });
});

test("Parameters arrive as written, in order", () => {
  for (const [query, ...pairs] of QUERIES) {
    for (const separator of ["@?", "?", "@iree_vm_dynamic_module_create?"]) {
      using loaded = load({ modules: [`${parameters}${separator}${query}`] });
      const read = (name: string, ordinal: number): string => {
        using buffer = loaded.call(name, ordinal) as VmBuffer;
        return buffer.toText();
      };
      assertEquals(
        pairs.map((_, i) => [read("key", i), read("value", i)]),
        pairs,
        `${separator}${query}`,
      );
      assertEquals(loaded.call("count"), pairs.length);
    }
  }
});

test("Modules and inputs can be arguments without flags", async () => {
  const stdin = await Deno.readFile(example);
  assertEquals(
    (await iree(["run", sample, example, "--function=main"])).stdout,
    PRINTED,
  );
  const fromStdin = await iree([
    "run",
    `${sample}@?quiet=0`,
    "-",
    "--function=main",
  ], { stdin });
  assertEquals(fromStdin.stdout, PRINTED);
  for (
    const args of [
      [arithmetic, "--function=add_i32", "1", "-2"],
      ["--function=add_i32", arithmetic, "1", "-2"],
      [arithmetic, "1", "-2", "--function=add_i32"],
      [`--module=${arithmetic}`, "--function=add_i32", "1", "-2"],
      [arithmetic, "--function=add_i32", "--input=1", "--input=-2"],
    ]
  ) {
    assertEquals(await iree(["run", ...args]), {
      code: 0,
      stdout: "EXEC @add_i32\nresult[0]: i32=-1\n",
      stderr: "",
    });
  }
  for (
    const [input, result] of [["-.5", "-0.5"], ["-inf", "-inf"], [
      "-1e3",
      "-1000",
    ]]
  ) {
    const { stdout } = await iree([
      "run",
      arithmetic,
      "--function=add_f32",
      "0",
      input,
    ]);
    assertEquals(stdout, `EXEC @add_f32\nresult[0]: f32=${result}\n`);
  }
  const tensors = await iree(["run", mul, "4xf32=1 2 3 4", "4xf32=2"]);
  assertEquals(
    tensors.stdout,
    "EXEC @mul\nresult[0]: hal.buffer_view\n4xf32=2 4 6 8\n",
  );
});
