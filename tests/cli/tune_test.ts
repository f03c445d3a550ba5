import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RECIPES, tuningOf } from "../../lib/tuning/mod.ts";
import { fixture } from "../compiler/support.ts";
import { inCache, ireeOfSources, TemporaryFolder, test } from "../support.ts";

/** A folder with a source, which is also the user's cache. */
class Work extends TemporaryFolder {
  constructor() {
    super();
    Deno.copyFileSync(fixture("mul.mlir"), this.join("mul.mlir"));
  }

  run(...args: string[]): ReturnType<typeof ireeOfSources> {
    return ireeOfSources(args, {
      cwd: this.path,
      env: inCache(this.path),
    });
  }
}

/** Little time: only the default recipe is certain to be measured. */
const TUNE = ["compile", "mul.mlir", "--tune", "--tune-seconds=0.001"];

test("iree compile --tune prints a table, and what it skips", async () => {
  using work = new Work();
  const { code, stdout, stderr } = await work.run(...TUNE);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(lines[0]!, /^recipe +device +ms +±$/);
  assertMatch(lines[1]!, /^default +local-(?:sync|task).* \d+ %$/);
  const skipped = lines.filter((it) => it.startsWith("skipped "));
  assertEquals(skipped.length, RECIPES.length - 1);
  for (const line of skipped) {
    assertMatch(line, /^skipped [\w-]+: no time left$/);
  }
  assertMatch(lines.at(-1)!, /^mul\.vmfb: \d+\.\d kB, \d+\.\d s$/);
  const found = tuningOf(Deno.readFileSync(work.join("mul.vmfb")));
  assertEquals(found?.function, "mul");
  const described = await work.run("inspect", "mul.vmfb");
  assertMatch(described.stdout, /\nTuning:\n {2}default on local-/);
  const ran = await work.run("run", "mul.vmfb", "4xf32=2", "4xf32=3");
  assertStringIncludes(ran.stdout, "4xf32=6 6 6 6");
});

test("iree compile --tune --json has the table as data; again it is cached", async () => {
  using work = new Work();
  const first = JSON.parse((await work.run(...TUNE, "--json")).stdout);
  assertEquals(first.isCached, false);
  assertEquals(first.tuning.choice, first.tuning.trials[0]);
  assertEquals(first.tuning.skipped.length, RECIPES.length - 1);
  const bytes = Deno.readFileSync(work.join("mul.vmfb"));
  const again = JSON.parse((await work.run(...TUNE, "--json")).stdout);
  assertEquals(again.isCached, true);
  assertEquals(again.tuning, first.tuning);
  assertEquals(Deno.readFileSync(work.join("mul.vmfb")), bytes);
  const text = await work.run(...TUNE);
  assertMatch(text.stdout, /\nmul\.vmfb: \d+\.\d kB, from the cache\n$/);
  // Other inputs are another tuning.
  const inputs = ["--input=4xf32=2", "--input=4xf32=3"];
  const other = await work.run(...TUNE, ...inputs, "--json");
  assertEquals(JSON.parse(other.stdout).isCached, false);
});

test("iree run of a source prefers its tuned program", async () => {
  using work = new Work();
  const { code } = await work.run(...TUNE);
  assertEquals(code, 0);
  const programs = () =>
    [...Deno.readDirSync(work.join("iree-deno/programs"))]
      .map(({ name }) => name).sort();
  const before = programs();
  const { stdout } = await work.run("run", "mul.mlir", "4xf32=2", "4xf32=3");
  assertStringIncludes(stdout, "4xf32=6 6 6 6");
  assertEquals(programs(), before);
});

test("Flags for tuning that are wrong exit with status 2", async () => {
  using work = new Work();
  const cases: [string[], string][] = [
    [["--tune-seconds=3"], "--tune_seconds needs --tune"],
    [["--function=mul"], "--function needs --tune"],
    [["--input=4xf32=1"], "--input needs --tune"],
    [["--tune", "--no-isolate"], "--no-isolate and --tune exclude each other"],
    [["--tune", "--tune-seconds=soon"], "flag 'tune_seconds' must be"],
    [["--tune", "--tune-seconds=-1"], "flag 'tune_seconds' must be"],
    [["--tune", "--tune-workers=0"], "flag 'tune_workers' must be"],
    [["--tune-workers=1"], "--tune_workers needs --tune"],
    [["--tune", "--tune-tolerance=x"], "flag 'tune_tolerance' must be"],
  ];
  for (const [flags, problem] of cases) {
    const { code, stderr } = await work.run("compile", "mul.mlir", ...flags);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, problem);
  }
  // What only the source or the target shows is a failure.
  for (
    const [flag, problem] of [
      ["--target=vulkan", "a CPU of this machine"],
      ["--input=4xf32=1", "'mul' takes 2 inputs, got 1"],
    ] as const
  ) {
    const { code, stderr } = await work.run(...TUNE, flag);
    assertEquals(code, 1);
    assertStringIncludes(stderr, problem);
  }
});
