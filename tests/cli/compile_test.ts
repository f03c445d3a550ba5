import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { PHASES } from "../../lib/compiler/mod.ts";
import { COMPILER, fixture, SLOW } from "../compiler/support.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  inCache,
  ireeOfSources,
  ROOT,
  TemporaryFolder,
  test,
  unsanitized,
} from "../support.ts";
import { CRASHING } from "../tuning/crashing.ts";
import { waitUntil } from "../waiting.ts";

const SOURCE = fixture("mul.mlir");

/** A folder with a copy of a source, which is also the user's cache. */
class Work extends TemporaryFolder {
  readonly options = { cwd: this.path, env: inCache(this.path) };

  constructor(source = SOURCE) {
    super();
    Deno.copyFileSync(source, this.join("mul.mlir"));
  }

  /** Runs a command, which must print nothing else. */
  async run(status: number, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await ireeOfSources(args, this.options);
    assertEquals(code, status, stderr);
    if (status === 0) assertEquals(stderr, "");
    return status === 0 ? stdout : stderr;
  }
}

test("iree compile writes the program next to its source, or where -o says", async () => {
  using work = new Work();
  assertMatch(
    await work.run(0, "compile", "mul.mlir"),
    /^mul\.vmfb: \d+\.\d kB, \d+\.\d s\n$/,
  );
  const bytes = Deno.readFileSync(work.join("mul.vmfb"));
  for (const flags of [["-o", "a.vmfb"], ["-o=b.vmfb"], ["--output=c.vmfb"]]) {
    const [name = ""] = /\w\.vmfb/.exec(flags.join(" ")) ?? [];
    assertMatch(
      await work.run(0, "compile", ...flags, "mul.mlir"),
      new RegExp(`^${name}: \\d+\\.\\d kB, from the cache\n$`),
    );
    assertEquals(Deno.readFileSync(work.join(name)), bytes);
  }
});

test("iree compile reads stdin and writes to stdout", async () => {
  using work = new Work();
  const { code, stdout, stderr } = await ireeOfSources(
    ["compile", "-", "--target=vmvx", "--no-cache"],
    { ...work.options, stdin: Deno.readFileSync(SOURCE) },
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "mul");
  assertMatch(stderr, /^-: \d+\.\d kB, \d+\.\d s\n$/);
});

test("iree compile --json reports phases, diagnostics and failures", async () => {
  using work = new Work();
  const done = JSON.parse(await work.run(0, "compile", "mul.mlir", "--json"));
  assertEquals(done.file, "mul.mlir");
  assertEquals(done.output, "mul.vmfb");
  assertEquals(done.bytes, Deno.statSync(work.join("mul.vmfb")).size);
  assertEquals(done.isCached, false);
  assertMatch(done.compiler, /^3\.13\./);
  const phases = done.phases.map(({ phase }: { phase: string }) => phase);
  assertEquals(phases, [...PHASES]);
  Deno.writeTextFileSync(work.join("mul.mlir"), "func.func @f( {\n}\n");
  const { code, stdout } = await ireeOfSources(
    ["compile", "mul.mlir", "--json"],
    work.options,
  );
  const failed = JSON.parse(stdout);
  assertEquals(code, 1);
  assertMatch(failed.error, /^INVALID_ARGUMENT: 'mul\.mlir' does not compile:/);
  assertEquals(failed.diagnostics[0].line, 1);
});

test("iree compile passes unknown flags to IREE", async () => {
  using work = new Work();
  const flags = ["--iree-opt-level=O2", "--iree-llvmcpu-loop-unrolling"];
  const { flags: used } = JSON.parse(
    await work.run(0, "compile", "mul.mlir", "--json", ...flags),
  );
  assertEquals(used.slice(2), flags);
  assertMatch(
    await work.run(1, "compile", "mul.mlir", "--frobnicate"),
    /^error: INVALID_ARGUMENT: the compiler rejects its flags: Unknown command line argument '--frobnicate'/,
  );
});

test("iree compile prints warnings of the compiler", async () => {
  using work = new Work();
  const flag = "--iree-hal-target-backends=llvm-cpu";
  const { code, stderr } = await ireeOfSources(
    ["compile", "mul.mlir", flag],
    work.options,
  );
  assertEquals(code, 0);
  assertStringIncludes(stderr, "warning: while creating CPU target");
});

test("iree compile reports a full disk and leaves no partial program", async () => {
  using work = new Work();
  assertMatch(
    await work.run(
      1,
      "compile",
      "mul.mlir",
      "--target=vmvx",
      "-o",
      "/dev/full",
    ),
    /^error: \w+: unable to open file '\/dev\/full'\nNo space left on device/,
  );
  assertMatch(
    await work.run(1, "compile", "mul.mlir", "-o", "no/such.vmfb"),
    /^error: NOT_FOUND: unable to open file 'no\/such\.vmfb'\n/,
  );
});

test("An interrupted iree compile leaves no program, and its compiler ends", async () => {
  using work = new Work();
  Deno.writeTextFileSync(work.join("mul.mlir"), SLOW);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...denoFlags(), join(ROOT, "cli.ts")],
      ...["compile", "mul.mlir"],
    ],
    ...work.options,
    env: { ...work.options.env, DENO_DIR },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const workers = () =>
    processes().filter(({ parent, command }) =>
      parent === child.pid && command.includes("worker")
    );
  await waitUntil(() => workers().length > 0, "the compiler runs");
  const [{ pid }] = workers();
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await waitUntil(
    () => !processes().some((it) => it.pid === pid),
    "the compiler has ended",
  );
  const left = [...Deno.readDirSync(work.path)].map(({ name }) => name);
  assertEquals(left.filter((it) => it.startsWith("mul")), ["mul.mlir"]);
  await work.run(0, "compile", "mul.mlir");
});

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes of this system. */
function processes(): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const [, state = "", parent] =
        /\) (\w) (\d+)/.exec(Deno.readTextFileSync(`/proc/${name}/stat`)) ?? [];
      if (parent === undefined || state === "Z") return [];
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return [];
    }
  });
}

test("iree compile rejects wrong usage", async () => {
  using work = new Work();
  const cases: [string[], string][] = [
    [[], "no FILE to compile"],
    [
      ["a.mlir", "b.mlir"],
      "unexpected argument 'b.mlir'; one FILE is compiled",
    ],
    [["a.mlir", "-o"], "-o needs a value: -o OUT"],
    [["-", "--json"], "--json and the program cannot both go to stdout"],
    [["a.mlir", "--cache=maybe"], "flag 'cache' must be true or false"],
  ];
  for (const [args, message] of cases) {
    assertStringIncludes(
      await work.run(2, "compile", ...args),
      `error: ${message}`,
    );
  }
});

test("iree run compiles MLIR and caches the program", async () => {
  using work = new Work();
  const inputs = ["4xf32=1 2 3 4", "4xf32=2"];
  const expected = "EXEC @mul\nresult[0]: hal.buffer_view\n4xf32=2 4 6 8\n";
  assertEquals(await work.run(0, "run", "mul.mlir", ...inputs), expected);
  const json = JSON.parse(await work.run(0, "cache", "--json"));
  assertEquals(json.programs.length, 1);
  assertEquals(
    await work.run(
      0,
      "run",
      "--module=mul.mlir",
      "--function=mul",
      ...inputs.map((it) => `--input=${it}`),
    ),
    expected,
  );
});

/** Bundles the command line into the folder `bundle`. */
async function bundleInto(work: Work): Promise<void> {
  const args = ["run", "-A", `${ROOT}release/bundle.ts`, work.join("bundle")];
  const bundled = await execute(
    Deno.execPath(),
    args.toSpliced(2, 0, ...denoFlags()).concat(denoFlags()),
  );
  assertEquals(bundled.code, 0, bundled.stderr);
}

function runBundle(
  work: Work,
  ...args: string[]
): ReturnType<typeof execute> {
  return execute(Deno.execPath(), [
    ...["run", "-A", "--no-config", work.join("bundle/cli.js")],
    ...args,
  ], work.options);
}

test("The bundled command line compiles in a child process", async () => {
  using work = new Work();
  await bundleInto(work);
  // Only a crash of a child is reported.
  const target = ["--target=foo-bar-baz", `--library=${COMPILER}`];
  const { code, stderr } = await runBundle(
    work,
    "compile",
    "mul.mlir",
    ...target,
  );
  assertEquals(code, 1);
  assert(stderr.startsWith("error: INTERNAL: the compiler crashed ("), stderr);
});

unsanitized("The bundled command line tunes in child processes", async () => {
  using work = new Work();
  await bundleInto(work);
  Deno.writeTextFileSync(work.join("mul.mlir"), CRASHING);
  const { code, stderr } = await runBundle(
    work,
    ...["compile", "mul.mlir", "--tune", "--tune-seconds=0.001"],
    ...["--input=4xi32=1", "--input=4xi32=30000", `--library=${COMPILER}`],
  );
  assertEquals(
    [code, stderr],
    [1, "error: INTERNAL: the program crashes when it is called (SIGSEGV)\n"],
  );
});
