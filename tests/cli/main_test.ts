import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { main } from "../../cli.ts";
import { runtime } from "../../mod.ts";
import {
  denoFlags,
  execute,
  iree,
  nativeModule,
  program,
  ROOT,
  test,
} from "../support.ts";
import { forEach } from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const types = await nativeModule("fixtures/types_module.cc");

const HELP = /^IREE's runtime on the command line\.\n\nUsage: iree COMMAND/;

test("iree alone, help and --help print the commands", async () => {
  await forEach([[], ["help"], ["--help"], ["--help", "run"]], async (args) => {
    const { code, stdout, stderr } = await iree(args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, HELP);
    assertStringIncludes(
      stdout,
      "  run          runs a function of a compiled program\n",
    );
  });
});

test("--version prints the versions of Deno, package, library and IREE", async () => {
  const { code, stdout, stderr } = await iree(["--version"]);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    /^deno \d+\.\d+\.\d+\S*\npackage \d+\.\d+\.\d+\nlibrary \d+\.\d+\.\d+\niree 3\.13\.\d+\S*\n$/,
  );
  assertStringIncludes(stdout, `deno ${Deno.version.deno}\n`);
});

test("--version tells what it knows where there is no library", async () => {
  const env = { IREE_RUNTIME_LIBRARY: "/nope.so" };
  assertEquals(await iree(["--version"], { env }), {
    code: 0,
    stdout: `deno ${Deno.version.deno}\npackage ${runtime.packageVersion}\n` +
      "library none; `iree doctor` tells why\n",
    stderr: "",
  });
});

/** The names of the commands, in the order of the help. */
const COMMANDS = [
  ...(await iree(["--help"])).stdout.split("\nFlags:")[0]
    .matchAll(/^ {2}([a-z]+) {2}/gm),
].map(([, name]) => name).join(", ");

test("An unknown command or flag is wrong usage", async () => {
  await forEach(
    [
      [["bogus"], `no command 'bogus'; there is ${COMMANDS}`],
      [["toString"], `no command 'toString'; there is ${COMMANDS}`],
      [["Run"], `no command 'Run'; there is ${COMMANDS}`],
      [["--bogus"], "flag '--bogus' not recognized"],
      [["-x"], "flag '-x' not recognized"],
      [["--bogus", "run", "--help"], "flag '--bogus' not recognized"],
    ] as const,
    async ([args, words]) => {
      assertEquals(
        await iree([...args]),
        {
          code: 2,
          stdout: "",
          stderr: `error: ${words}\n\nsee \`iree --help\`\n`,
        },
      );
    },
  );
});

test("iree run --help prints every flag, whatever else is given", async () => {
  const args = ["run", "--module=nope.vmfb", "--help", "--function=f"];
  const { code, stdout, stderr } = await iree(args);
  assertEquals([code, stderr], [0, ""]);
  for (
    const flag of [
      "--module=FILE",
      "--module_mode=preload|mmap",
      "--function=NAME",
      "--device=URI",
      "--input=VALUE",
      "--trace_execution",
      "--flagfile=FILE",
      "--help",
    ]
  ) {
    assertStringIncludes(stdout, `\n  ${flag}\n      `);
  }
  assertEquals((await iree(["run", "--help"])).stdout, stdout);
});

/** Runs `main` in this process and keeps what it prints. */
async function capture(
  ...args: string[]
): Promise<[code: number, text: string]> {
  const { log, error } = console;
  let text = "";
  console.log = console.error = (line: string) => text += `${line}\n`;
  try {
    return [await main(args), text];
  } finally {
    Object.assign(console, { log, error });
  }
}

// Each is a test of its own, which ends by asserting that nothing is live.
for (
  const [name, args, code, words] of [
    [
      "succeeds",
      ["--function=make_list"],
      0,
      "child_list[1]: i64=1099511627776",
    ],
    [
      "gives objects",
      ["--function=counter_create", "--input=1"],
      0,
      "types.counter",
    ],
    ["fails", ["--function=fail", "--input=2"], 1, "failed as asked: 2"],
    ["finds no function", ["--function=nope"], 1, "no function 'nope'"],
    ["cannot choose", [], 1, "more than one exported function present"],
    [
      "lacks inputs",
      ["--function=fail"],
      1,
      "expected 1 arguments but passed 0",
    ],
    [
      "refuses inputs",
      ["--function=fail", "--input=x"],
      1,
      "parsing value `x`",
    ],
    ["cannot load", ["--module=nope.vmfb"], 1, "failed to open file"],
    ["is used wrong", ["--bogus"], 2, "flag 'bogus' not recognized"],
  ] as const
) {
  test(`Nothing native is left of a run that ${name}`, async () => {
    const modules = [arithmetic, types].map((it) => `--module=${it}`);
    const [actual, text] = await capture("run", ...modules, ...args);
    assertEquals(actual, code, text);
    assertStringIncludes(text, words);
  });
}

test("Help is there under every name that people try", async () => {
  const whole = await iree(["--help"]);
  const command = await iree(["run", "--help"]);
  for (const args of [["-h"], ["help"], []]) {
    assertEquals(await iree(args), whole);
  }
  for (const args of [["run", "-h"], ["help", "run"]]) {
    assertEquals(await iree(args), command);
  }
});

test("What would be ignored is refused", async () => {
  for (
    const [args, words] of [
      [["--module=-", "--module=-"], "--module=- can be given once"],
      [["x.vmfb", "y.vmfb"], "unexpected argument 'y.vmfb'"],
      [["x.vmfb", "--module=y.vmfb"], "unexpected argument 'x.vmfb'"],
      [["--module=y.vmfb", "x.vmfb"], "unexpected argument 'x.vmfb'"],
    ] as const
  ) {
    const { code, stderr } = await iree(["run", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
  }
});

test("A full disk under stdout is a failure in a line", async () => {
  const module = await program("single.mlir");
  const { code, stderr } = await execute("sh", [
    "-c",
    `"$0" "$@" > /dev/full`,
    Deno.execPath(),
    "run",
    "-A",
    ...denoFlags(),
    join(ROOT, "cli.ts"),
    "run",
    `--module=${module}`,
    "--input=1",
  ]);
  assertEquals([code, stderr.split("\n").length], [1, 2], stderr);
  assertStringIncludes(stderr, "error: ");
});
