// Measurements beside each other: our own comparison of devices and variants,
// and compare.py of Google's benchmark library over our output.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  execute,
  iree,
  mustRun,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../../support.ts";
import { installClients } from "../../serve/python_clients.ts";

const INPUTS = ["--function=mul", "--input=4xf32=1 2 3 4", "--input=4xf32=2"];

const SHORT = "--benchmark_min_time=0.01s";

test("A program from stdin is compared on devices and in variants", async () => {
  const variants = ["--function=mul", "--function=mul --module_mode=preload"];
  const { code, stdout, stderr } = await iree(
    [
      ...["benchmark", "-", "--device=local-sync", "--device=local-task"],
      ...variants.map((it) => `--variant=${it}`),
      ...[...INPUTS, SHORT, "--json"],
    ],
    { stdin: await Deno.readFile(await program("mul.mlir")) },
  );
  assertEquals([code, stderr], [0, ""]);
  const { benchmarks } = JSON.parse(stdout);
  assertEquals(
    benchmarks.map((it: { label: unknown }) => it.label),
    ["local-sync", "local-task"].flatMap((device) =>
      variants.map((variant) => ({
        program: "-",
        devices: [device],
        variant,
        function: "mul",
      }))
    ),
  );
});

test("A variant is rejected if it has flags that variants cannot set", async () => {
  const path = await program("mul.mlir");
  for (
    const [variant, problem] of [
      ["--device=local-sync", "flag 'device' not recognized"],
      ["--module_mode=sideways", "sideways"],
      ["mul", "mul"],
    ] as const
  ) {
    const { code, stdout, stderr } = await iree([
      ...["benchmark", path, ...INPUTS, SHORT, `--variant=${variant}`],
    ]);
    assertEquals(code, 2);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, `error: --variant=${variant}: `);
    assertStringIncludes(stderr, problem);
  }
});

test("--histogram prints every sample in the bars of each program", async () => {
  const path = await program("mul.mlir");
  const args = ["benchmark", path, path, ...INPUTS, SHORT];
  const { code, stdout, stderr } = await iree([...args, "--histogram"]);
  assertEquals([code, stderr], [0, ""]);
  // Samples as the line above the histograms counts them.
  const samples = [...stdout.matchAll(/: (\d+) samples of \d+ calls/g)]
    .map(([, count]) => Number(count));
  const sections = stdout.trimEnd().split("\n\n").slice(-2);
  const counts = sections.map((section) =>
    section.split("\n").slice(1).map((line) => {
      const bar = /^ {2}\S+ \S+ to \S+ \S+ +(\d+) (█*)$/.exec(line);
      assert(bar !== null, line);
      const [, count, blocks] = bar;
      assertEquals(Number(count) > 0, blocks!.length > 0, line);
      return Number(count);
    })
  );
  assertEquals(counts.length, 2);
  assertEquals(
    counts.map((bars) => bars.reduce((sum, it) => sum + it, 0)),
    samples,
  );
  const without = await iree(args);
  assertEquals(without.code, 0);
  assert(!without.stdout.includes("█"));
});

test("--svg draws each program's bar, as wide as its median", async () => {
  using folder = new TemporaryFolder();
  const path = await program("mul.mlir");
  const file = folder.join("chart.svg");
  const { code, stdout, stderr } = await iree([
    ...["benchmark", path, "--device=local-sync", "--device=local-task"],
    ...[...INPUTS, SHORT, "--json", `--svg=${file}`],
  ]);
  assertEquals([code, stderr], [0, ""]);
  const medians: number[] = JSON.parse(stdout).benchmarks
    .map((it: { median: number }) => it.median);
  const svg = Deno.readTextFileSync(file);
  assert(svg.startsWith("<svg ") && svg.endsWith("</svg>\n"), svg);
  for (const name of ["local-sync", "local-task"]) {
    assertStringIncludes(svg, name);
  }
  const bars = [...svg.matchAll(/<rect [^>]*?width="([\d.]+)"/g)]
    .map(([, width]) => Number(width));
  assertEquals(bars.length, 2);
  // Widths have one decimal, and no bar is narrower than 1.
  const largest = Math.max(...medians);
  const scale = Math.max(...bars) / largest;
  for (const [at, median] of medians.entries()) {
    const error = Math.abs(bars[at]! - Math.max(1, median * scale));
    assert(error <= 0.11, `${bars} ${medians}`);
  }
});

test("--svg into a folder that does not exist fails and names the file", async () => {
  using folder = new TemporaryFolder();
  const file = folder.join("missing/chart.svg");
  const { code, stderr } = await iree([
    ...["benchmark", await program("mul.mlir"), ...INPUTS, SHORT],
    `--svg=${file}`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, file);
});

/** compare.py, and the Python that it runs in. */
async function findComparison(): Promise<
  { readonly script: string; readonly python: string } | {
    readonly reason: string;
  }
> {
  if (Deno.env.has("DEV_SANITIZE")) {
    return { reason: "Python does not run with a sanitizer" };
  }
  const { code, stdout, stderr } = await execute(
    join(ROOT, "tests/cli/benchmark/compare_py"),
    [Deno.env.get("IREE_DENO_CACHE")!],
  );
  if (code !== 0) return { reason: stderr.trim() };
  const { python, reason } = await installClients(
    "tests/cli/benchmark/requirements.txt",
  );
  return python === undefined ? { reason } : { script: stdout.trim(), python };
}

const comparison = await findComparison();
const NAME = "compare.py of Google's benchmark library reads --benchmark_out";

if ("reason" in comparison) {
  console.warn(`no compare.py for "${NAME}": ${comparison.reason}`);
  Deno.test.ignore(NAME, () => {});
} else {
  test(NAME, async () => {
    using folder = new TemporaryFolder();
    const path = await program("mul.mlir");
    const files = ["before.json", "after.json"].map((it) => folder.join(it));
    for (const file of files) {
      const { code } = await iree([
        ...["benchmark", `--module=${path}`, ...INPUTS, SHORT],
        ...["--benchmark_repetitions=3", `--benchmark_out=${file}`],
      ]);
      assertEquals(code, 0);
    }
    const table = await mustRun(comparison.python, [
      ...[comparison.script, "--no-color", "benchmarks", ...files],
    ]);
    const rows = table.split("\n").filter((it) => it.startsWith("BM_"));
    const names = rows.map((it) => it.split(/\s+/)[0]);
    const name = "BM_mul/process_time/real_time";
    assertEquals(names.slice(0, 3), [name, name, name]);
    // Time and CPU, as fractions, and both times of either run.
    for (const row of rows.slice(0, 3)) {
      assert(/^\S+(?:\s+[+-]\d+\.\d{4}){2}(?:\s+\d+){4}$/.test(row), row);
    }
    assertEquals(
      ["mean", "median", "stddev"].map((it) => names.includes(`${name}_${it}`)),
      [true, true, true],
    );
  });
}
