// `iree replay` and IREE's replay tools side by side.

import { assert, assertEquals } from "@std/assert";
import {
  execute,
  iree,
  type Output,
  program,
  TemporaryFolder,
  test,
  tool,
} from "../../support.ts";
import { compareTool, type ToolCase } from "./tool_case.ts";

// Sanitized runs leave these out: most of the time goes to IREE's tools.
const compared = Deno.env.has("DEV_SANITIZE") ? Deno.test.ignore : test;

const USAGE = "wrong usage has its own exit status";
const RECORDINGS = ["ours", "theirs", "parameters", "benchmark"];
const DAMAGED = ["cut", "empty", "text", "missing"];

/** Of each tool. */
const CASES: Readonly<Record<string, readonly ToolCase[]>> = {
  dump: [
    ...[...RECORDINGS, ...DAMAGED].flatMap((recording) => [
      { args: [`$${recording}`] },
      { args: ["--format=text", `$${recording}`] },
      { args: ["--format=jsonl", `$${recording}`] },
    ]),
    { args: ["--format=bogus", "$ours"], because: USAGE, exit: 2 },
    { args: [], because: USAGE, exit: 2 },
    { args: ["$ours", "$theirs"], because: USAGE, exit: 2 },
    { args: ["--bogus", "$ours"], because: USAGE, exit: 2 },
  ],
  run: [
    ...[...RECORDINGS, ...DAMAGED].flatMap((recording) => [
      { args: [`$${recording}`] },
      { args: ["--device=local-sync", `$${recording}`] },
      { args: ["--device=local-task", `$${recording}`] },
    ]),
    { args: ["--device=local-sync", "--device=local-sync", "$ours"] },
    { args: ["--device=nothing", "$ours"] },
    { args: ["--replay_file_remap=/=/", "$parameters"] },
    { args: ["--replay_file_remap=/=/nowhere/", "$parameters"] },
    { args: ["--replay_file_remap=/nowhere=/", "$parameters"] },
    { args: ["--replay_file_remap=nothing", "$ours"] },
    { args: ["--replay_file_remap==x", "$ours"] },
    { args: ["--replay_executable_substitution=all=$text", "$ours"] },
    { args: ["--replay_executable_substitution=all=$missing", "$ours"] },
    { args: ["--replay_executable_substitution=all@bogus=$text", "$ours"] },
    { args: ["--replay_executable_substitution=0=$text", "$ours"] },
    { args: ["--replay_executable_substitution=x=$text", "$ours"] },
    { args: ["--replay_executable_substitution=99=$text", "$ours"] },
    { args: ["--replay_executable_substitution=1", "$ours"] },
    {
      args: [
        "--replay_executable_substitution=99=$text",
        "--replay_executable_substitution=99=$text",
        "$ours",
      ],
    },
    {
      args: [
        "--replay_executable_substitution=all=$text",
        "--replay_executable_substitution=1=$text",
        "$ours",
      ],
    },
    { args: [], because: USAGE, exit: 2 },
    { args: ["--bogus", "$ours"], because: USAGE, exit: 2 },
  ],
  benchmark: [
    ...RECORDINGS.flatMap((recording) => [
      { args: ["--benchmark_min_time=2x", `$${recording}`] },
      {
        args: [
          "--benchmark_min_time=2x",
          "--replay_scope=execute",
          `$${recording}`,
        ],
      },
    ]),
    { args: ["--benchmark_list_tests", "$ours"] },
    { args: ["--benchmark_list_tests", "--replay_scope=init", "$ours"] },
    { args: ["--benchmark_filter=nothing", "$ours"] },
    {
      args: [
        "--benchmark_min_time=2x",
        "--benchmark_repetitions=3",
        "--device=local-sync",
        "$ours",
      ],
    },
    ...DAMAGED.map((recording) => ({ args: [`$${recording}`] })),
  ],
};

/** Times, and rows of dashes as long as names. */
function mask(text: string): string {
  return text.replaceAll(/\d[\d.]*(?:e[+-]?\d+)?[kMG]?/g, "N")
    .replaceAll(/ +/g, " ");
}

compared("iree replay does what IREE's tools do", async () => {
  using folder = new TemporaryFolder();
  const files: Record<string, string> = {};
  for (const name of [...RECORDINGS, ...DAMAGED]) {
    files[name] = folder.join(name);
  }
  const mul = [
    `--module=${await program("mul.mlir")}`,
    "--function=mul",
    "--input=4xf32=1 2 3 4",
    "--input=4xf32=2",
  ];
  const run = ({ code, stderr }: Output) =>
    assertEquals([code, stderr], [0, ""]);
  const record = (name: string) => `--device_replay_output=${files[name]}`;
  run(await iree(["run", ...mul, record("ours")]));
  run(await execute(tool("iree-run-module"), [...mul, record("theirs")]));
  const benchmarked = await iree([
    "benchmark",
    ...mul,
    "--benchmark_min_time=2x",
    record("benchmark"),
  ]);
  assertEquals(benchmarked.code, 0);
  const weights = folder.join("weights.irpa");
  const created = await iree([
    "parameters",
    "create",
    "--data=weight=4xf32=1,2,3,4",
    "--data=state=4xi32=0",
    "--data=scale=2xf64=1",
    `--output=${weights}`,
  ]);
  assertEquals(created.code, 0);
  run(
    await iree([
      "run",
      `--module=${await program("parameters.mlir")}`,
      `--parameters=model=${weights}`,
      "--function=scaled",
      "--input=4xf32=1 2 3 4",
      record("parameters"),
    ]),
  );
  const bytes = Deno.readFileSync(files.ours!);
  Deno.writeFileSync(files.cut!, bytes.slice(0, bytes.length / 2));
  Deno.writeFileSync(files.empty!, new Uint8Array());
  Deno.writeTextFileSync(files.text!, "a text of some length, no recording");
  const problems: string[] = [];
  let count = 0;
  for (const [action, cases] of Object.entries(CASES)) {
    for (const it of cases) {
      count++;
      const problem = await compareTool(
        `iree-${action}-replay`,
        ["replay", action],
        it,
        files,
        action === "benchmark" ? mask : undefined,
      );
      if (problem !== undefined) problems.push(problem);
    }
  }
  assertEquals(problems.map((it) => it.slice(0, 1500)), []);
  // The number in docs/coming-from.md.
  assert(count > 80, `${count}`);
});
