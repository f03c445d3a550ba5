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

test("iree without arguments, help and --help print the commands", async () => {
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

test("--version prints the known versions without a library", async () => {
  const env = { IREE_RUNTIME_LIBRARY: "/nope.so" };
  assertEquals(await iree(["--version"], { env }), {
    code: 0,
    stdout: `deno ${Deno.version.deno}\npackage ${runtime.packageVersion}\n` +
      "library none; run `iree doctor` to see why\n",
    stderr: "",
  });
});

/** Command names, in the order of the help. */
const COMMANDS = [
  ...(await iree(["--help"])).stdout.split("\nFlags:")[0]
    .matchAll(/^ {2}([a-z]+) {2}/gm),
].map(([, name]) => name).join(", ");

const OWN_FLAGS = "flags before a command: --help, --version, --verbose";

test("An unknown command or flag is wrong usage, with a suggestion", async () => {
  await forEach(
    [
      [["bogus"], `unknown command 'bogus'; commands: ${COMMANDS}`],
      [["toString"], `unknown command 'toString'; commands: ${COMMANDS}`],
      [["Run"], "unknown command 'Run'; did you mean run?"],
      [["rum"], "unknown command 'rum'; did you mean run?"],
      [["verison"], "unknown command 'verison'; did you mean version?"],
      [["x.vmfb"], "unknown command 'x.vmfb'; did you mean iree run x.vmfb?"],
      [["--bogus"], `flag '--bogus' not recognized; ${OWN_FLAGS}`],
      [["--no-such"], `flag '--no-such' not recognized; ${OWN_FLAGS}`],
      [["-x"], `flag '-x' not recognized; ${OWN_FLAGS}`],
      [
        ["-v"],
        "flag '-v' not recognized; did you mean --version or --verbose?",
      ],
      [
        ["--versoin"],
        "flag '--versoin' not recognized; did you mean --version?",
      ],
      [
        ["--bogus", "run", "--help"],
        `flag '--bogus' not recognized; ${OWN_FLAGS}`,
      ],
      [["version", "x"], "unexpected argument 'x' of iree version"],
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

test("A command's flag with one dash, and -v, get a suggestion", async () => {
  for (
    const [argument, words] of [
      ["-v", "did you mean --verbose?"],
      ["-function=add", "did you mean --function?"],
      ["-module", "did you mean --module?"],
      ["-x", "flags are --name=value"],
    ]
  ) {
    assertEquals(await iree(["run", argument]), {
      code: 2,
      stdout: "",
      stderr: `error: unexpected argument '${argument}'; ${words}\n\n` +
        "see `iree run --help`\n",
    });
  }
});

test("iree version prints the same as --version", async () => {
  assertEquals(await iree(["version"]), await iree(["--version"]));
});

test("iree run --help prints every flag, whatever other arguments there are", async () => {
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

/** Runs `main` in this process and captures its output. */
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

// Each is a test of its own, which ends by asserting zero live objects.
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
      "'fail' takes 1 input, got 0",
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
  test(`A run that ${name} leaves nothing native behind`, async () => {
    const modules = [arithmetic, types].map((it) => `--module=${it}`);
    const [actual, text] = await capture("run", ...modules, ...args);
    assertEquals(actual, code, text);
    assertStringIncludes(text, words);
  });
}

test("Help answers to every common spelling", async () => {
  const whole = await iree(["--help"]);
  const command = await iree(["run", "--help"]);
  for (const args of [["-h"], ["help"], []]) {
    assertEquals(await iree(args), whole);
  }
  for (const args of [["run", "-h"], ["help", "run"]]) {
    assertEquals(await iree(args), command);
  }
});

test("Arguments that would be ignored are rejected", async () => {
  for (
    const [args, words] of [
      [["--module=-", "--module=-"], "--module=- can be used only once"],
      [["x.vmfb", "--input=1", "2"], "unexpected argument '2'; give inputs"],
      [["x.vmfb", "2", "--input=1"], "unexpected argument '2'; give inputs"],
      [
        ["x.vmfb", "--module=y.vmfb"],
        "unexpected argument 'x.vmfb'; give modules",
      ],
      [["--module=y.vmfb", "x.vmfb"], "unexpected argument 'x.vmfb'"],
    ] as const
  ) {
    const { code, stderr } = await iree(["run", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
  }
});

test("A full disk under stdout is a one-line error", async () => {
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
