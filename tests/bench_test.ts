import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { ROWS } from "../bench/catalog.ts";
import { buildFolder } from "../bench/folder.ts";
import { judge } from "../bench/goals.ts";
import type { EntryResult } from "../bench/measure.ts";
import { formatResults, withTable } from "../bench/readme.ts";
import type { BenchResult } from "../bench/result.ts";
import { summarize, uncertainty } from "../bench/statistics.ts";
import { WORKLOADS } from "../bench/workloads.ts";
import {
  denoFlags,
  execute,
  mustRun,
  ROOT,
  TemporaryFolder,
  test,
} from "./support.ts";
import "./host/first_callback.ts";

const folder = await buildFolder();

function deno(subcommand: string, ...args: string[]): string[] {
  return [subcommand, "-A", "--no-check", ...denoFlags(), ...args];
}

test("Every benchmark runs once, for every contestant", async () => {
  using target = new TemporaryFolder();
  const script = join(ROOT, "bench/run.ts");
  const args = deno("run", script, "--once", `--output=${target.path}`);
  const output = await mustRun(Deno.execPath(), args);
  const result: BenchResult = JSON.parse(
    await Deno.readTextFile(target.join("last.json")),
  );
  // Only ./dev bench downloads its 300 MB.
  const absent = Object.keys(result.absent);
  assertEquals(absent.filter((it) => it !== "onnxruntime-node"), []);
  for (const [i, { title, entries }] of ROWS.entries()) {
    assertStringIncludes(output, `| ${title} |`);
    const measured = result.rows[i].entries;
    assertEquals(
      measured.map(({ label }) => label),
      entries.map(({ label }) => label).filter((it) => !absent.includes(it)),
    );
    assert(measured.every(({ time }) => time.median > 0), title);
  }
  assertEquals(result.properties.allocationsPerCall, 0);
  assert(result.properties.residentBytes < 8 * 2 ** 20);
  for (const { duration, longest } of Object.values(result.stalls)) {
    assert(longest > 0 && longest <= duration);
  }
  const chart = await Deno.readTextFile(target.join("last.svg"));
  for (const { title } of ROWS) {
    assertStringIncludes(chart, title.replaceAll("`", ""));
  }
});

test("The benchmarks of `deno bench` run once", async () => {
  const output = await mustRun(
    Deno.execPath(),
    deno("bench", join(ROOT, "bench")),
    { env: { IREE_BENCH_ONCE: "1" } },
  );
  for (const name of Object.keys(WORKLOADS)) {
    assertStringIncludes(output, `| ${name} `);
  }
});

for (const [name, prepare] of Object.entries(WORKLOADS)) {
  // Memory of workers is freed when their threads have ended.
  if (name.startsWith("workers_")) continue;
  test(`The benchmark ${name} leaves nothing behind`, async () => {
    using runner = await prepare(folder);
    for (let i = 0; i < 2; i++) {
      runner.before?.();
      await runner.run(1);
    }
  });
}

test("bench rejects unknown flags and rows", async () => {
  for (const flag of ["--fast", "add", "--only=nothing of the kind"]) {
    const script = join(ROOT, "bench/run.ts");
    const { code } = await execute(Deno.execPath(), deno("run", script, flag));
    assertEquals(code, 2);
  }
});

test("Statistics are medians, and more precise with many rounds", () => {
  assertEquals(summarize([5, 1, 100]), { median: 5, spread: 4 });
  assertEquals(summarize([1, 2, 3, 4]), { median: 2.5, spread: 1 });
  const summary = { median: 1, spread: 0.1 };
  assertEquals(uncertainty({ median: 1, spread: 0 }, 9), 0);
  assertEquals(uncertainty(summary, 25), uncertainty(summary, 100) * 2);
});

/**
 * A result in which our contestant takes `times` as long as every other one.
 */
function resultWith(ratio: number, noise: number): BenchResult {
  const rows = ROWS.map(({ title, entries }) => ({
    title,
    entries: entries.map(({ label, contestant }, i): EntryResult => ({
      label,
      contestant,
      time: { median: i === 0 ? 1000 * ratio : 1000, spread: 1000 * noise },
      ratio: { median: i === 0 ? 1 : ratio, spread: noise },
      rounds: [i === 0 ? 1000 * ratio : 1000],
    })),
  }));
  return {
    origin: {
      date: "2026-11-25T12:00:00.000Z",
      commit: "abc1234",
      machine: "a machine",
      versions: { Deno: "2.9.8" },
      load: 0,
      rounds: 1,
    },
    rows,
    properties: {
      calls: 1000,
      heapBytesPerCall: 0,
      allocationsPerCall: 0,
      residentBytes: 0,
    },
    stalls: {
      idle: { duration: 2000, longest: 1 },
      offThread: { duration: 2000, longest: 4 },
      spareCore: { duration: 2000, longest: 4 },
      coarseFences: { duration: 2000, longest: 4 },
      onnx: { duration: 2000, longest: 2000 },
    },
    absent: {},
  };
}

test("bench:check fails on a missed goal and forgives noise", async () => {
  const missed = (result: BenchResult) =>
    judge(result).filter(({ tolerated }) => !tolerated).length;
  const goals = ROWS.flatMap((row) => row.goals).length;
  assertEquals(judge(resultWith(0.01, 0)).length, goals + 5);
  assertEquals(missed(resultWith(0.01, 0)), 0);
  const times = ROWS.flatMap((row) => row.goals)
    .filter((goal) => "nanoseconds" in goal && goal.nanoseconds > 11_000)
    .length;
  assertEquals(missed(resultWith(11, 0)), goals - times);
  assertEquals(missed(resultWith(11, 100)), 0);
  const allocating = resultWith(0.01, 0);
  allocating.properties.allocationsPerCall = 1;
  allocating.properties.residentBytes = 100 * 2 ** 20;
  assertEquals(missed(allocating), 2);
  const stalling = resultWith(0.01, 0);
  stalling.stalls.offThread.longest = 5.9;
  stalling.stalls.coarseFences.longest = 5;
  assertEquals(missed(stalling), 0);
  stalling.stalls.offThread.longest = 6;
  stalling.stalls.coarseFences.longest = 2000;
  assertEquals(missed(stalling), 2);

  using target = new TemporaryFolder();
  const path = target.join("result.json");
  const script = join(ROOT, "bench/check.ts");
  for (const [ratio, code] of [[0.01, 0], [11, 1]]) {
    await Deno.writeTextFile(path, JSON.stringify(resultWith(ratio, 0)));
    const output = await execute(Deno.execPath(), deno("run", script, path));
    assertEquals(output.code, code, output.stderr);
  }
});

test("bench:readme writes the whole run with the outcome of each goal", () => {
  const page = formatResults(resultWith(0.5, 0));
  for (const { title } of ROWS) assertStringIncludes(page, `| ${title} |`);
  assertStringIncludes(page, "| add(i32, i32) | 1.00 µs | 500 ns, 0.50 × |");
  assertStringIncludes(page, "at most 1.10 × C: 0.50 × ± 0.00 ✓");
  assertStringIncludes(
    page,
    "\n- 1000 calls of scalars: no allocation; 0.000 bytes of heap and 0 " +
      "native allocations a call (reached)\n",
  );
  assertStringIncludes(page, "commit abc1234, 2026-11-25");
});

test("bench:readme writes only between its markers and is repeatable", () => {
  const begin = "<!-- bench: written by ./dev bench:readme -->";
  const end = "<!-- bench: end -->";
  const text = `before\n\n${begin}\n\n${end}\n\nafter\n`;
  const once = withTable(text, resultWith(0.5, 0));
  assert(once.startsWith(`before\n\n${begin}\n\n|`));
  assert(once.endsWith(`${end}\n\nafter\n`));
  assertStringIncludes(once, "| add(i32, i32) | 500 ns | 1.00 µs |");
  for (const { title } of ROWS) {
    assertStringIncludes(once, `| ${title} | 500 ns |`);
  }
  assertStringIncludes(once, "commit abc1234, 2026-11-25");
  assertEquals(withTable(once, resultWith(0.5, 0)), once);
  assertThrows(() => withTable("no markers", resultWith(1, 0)), Error, begin);
});
