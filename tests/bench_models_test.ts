import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { MODELS, THREADS, type Threads } from "../bench/models/catalog.ts";
import { judgeModels } from "../bench/models/goals.ts";
import {
  formatModels,
  formatRecipes,
  withModels,
} from "../bench/models/page.ts";
import type { ModelsResult } from "../bench/models/result.ts";
import type { TuningTrial } from "../lib/tuning/mod.ts";
import { testWithImporter } from "./onnx/support.ts";
import { denoFlags, execute, mustRun, ROOT, test } from "./support.ts";

function benchModels(...args: string[]): string[] {
  const script = join(ROOT, "bench/models/run.ts");
  return ["run", "-A", "--no-check", ...denoFlags(), script, ...args];
}

testWithImporter(
  "A model of the bench is tuned for one thread and for all, and runs",
  async () => {
    const args = benchModels("--once", "--only=MLP batch 1");
    const output = await mustRun(Deno.execPath(), args);
    assertMatch(output, /^MLP batch 1, 1 thread .* default on local-sync$/m);
    assertMatch(output, /^MLP batch 1, all threads .* default on local-/m);
    assertMatch(output, /\n\| MLP batch 1 \| .*1\.00 × \| default, local-sync/);
  },
);

test("bench:models rejects unknown flags and models", async () => {
  for (const flag of ["--fast", "det", "--only=no such model"]) {
    const { code } = await execute(Deno.execPath(), benchModels(flag));
    assertEquals(code, 2);
  }
});

function trial(
  recipe: string,
  threads: Threads,
  milliseconds: number,
): TuningTrial {
  return {
    recipe,
    device: "local-task",
    workers: threads === "1" ? 1 : undefined,
    milliseconds,
    spread: 1,
    rounds: 9,
  };
}

/** A result in which models take `real` and `synthetic` times as long. */
function resultWith(
  real: number,
  synthetic: number,
  noise: number,
): ModelsResult {
  const rows = MODELS.flatMap(({ name, requirement }) =>
    THREADS.map((threads) => ({
      model: name,
      threads,
      isSynthetic: requirement === undefined,
      choice: trial("peel-loops", threads, 2),
      trials: [trial("peel-loops", threads, 2), trial("default", threads, 8)],
      skipped: [
        { recipe: "all", reason: "makes the same program as peel-loops" },
        { recipe: "im2col-peel-loops", reason: "does not compile: why" },
      ],
      time: { median: 2e6, spread: 0 },
      ratio: {
        median: requirement === undefined ? synthetic : real,
        spread: noise,
      },
    }))
  );
  return {
    origin: {
      date: "2026-11-29T12:00:00.000Z",
      commit: "abc1234",
      machine: "a machine",
      versions: { Deno: "2.9.8" },
      load: 0,
      rounds: 15,
    },
    rows,
    absent: {},
  };
}

test("bench:models misses goals by means and by the worst model", () => {
  const missed = (result: ModelsResult) =>
    judgeModels(result).filter(({ tolerated }) => !tolerated)
      .map(({ title }) => title);
  assertEquals(missed(resultWith(1.1, 0.9, 0)), []);
  assertEquals(missed(resultWith(1.25, 0.9, 0)), [
    "models of packages, 1 thread, geometric mean",
  ]);
  assertEquals(missed(resultWith(1.4, 1.1, 0)), [
    "models of packages, 1 thread, geometric mean",
    "synthetic models, 1 thread, geometric mean",
    "models of packages, all threads, geometric mean",
    "synthetic models, all threads, geometric mean",
  ]);
  const slow = MODELS.filter(({ requirement }) => requirement !== undefined);
  assertEquals(missed(resultWith(2, 0.9, 0)).length, 2 + 2 * slow.length);
  assertEquals(missed(resultWith(2, 2, 9)), []);
});

test("bench:models needs no onnxruntime-node, whose ratios are left out", () => {
  const { rows, ...rest } = resultWith(2, 2, 0);
  const alone = {
    ...rest,
    rows: rows.map((it) => ({ ...it, ratio: undefined })),
  };
  assertEquals(judgeModels(alone), []);
  assertStringIncludes(
    formatModels(alone),
    "| convnet |  | 0.25 × | peel-loops, local-task, 1 worker |  | 0.25 × |",
  );
});

test("bench:models compares recipes, where they were measured", () => {
  const table = formatRecipes(resultWith(1, 1, 0));
  const cells = (name: string) =>
    table.split("\n").map((line) => line.split("|").map((it) => it.trim()))
      .find(([, first]) => first === name)!;
  const heads = cells("model");
  for (const name of ["convnet", "geometric mean, where measured"]) {
    const of = (recipe: string) => cells(name)[heads.indexOf(recipe)];
    assertEquals(of("peel-loops"), "0.25");
    assertEquals(of("all"), "0.25");
    assertEquals(of("im2col-peel-loops"), "–");
  }
});

test("bench:models writes only between its markers and is repeatable", () => {
  const begin = "<!-- models: written by ./dev bench:models --record -->";
  const end = "<!-- models: end -->";
  const result = {
    ...resultWith(1.25, 0.9, 0),
    absent: { "a model": "no registry\nmore" },
  };
  const once = withModels(`before\n\n${begin}\n${end}\n\nafter\n`, result);
  assert(once.startsWith(`before\n\n${begin}\n\n| model |`));
  assert(once.endsWith(`\n\n${end}\n\nafter\n`));
  for (const { name } of MODELS) assertStringIncludes(once, `| ${name} |`);
  assertStringIncludes(
    once,
    "\n- models of packages, 1 thread, geometric mean: at most 1.20 × " +
      "onnxruntime-node: 1.25 × ✗\n",
  );
  assertStringIncludes(once, "- a model did not take part: no registry\n");
  assertEquals(withModels(once, result), once);
  assertThrows(() => withModels("no markers", result), Error, begin);
});
