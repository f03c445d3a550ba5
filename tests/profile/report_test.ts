// `iree profile` and `iree-profile` side by side: byte for byte.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path";
import { IreeError, load } from "../../mod.ts";
import {
  PROFILE_REPORTS,
  ProfileCapture,
  reportProfile,
} from "../../lib/profile/mod.ts";
import {
  execute,
  program,
  TemporaryFolder,
  test,
  tool,
  withDevice,
} from "../support.ts";
import { compareTool, type ToolCase } from "../cli/differential/tool_case.ts";

// Sanitized runs leave these out: most of the time goes to IREE's tools.
const compared = Deno.env.has("DEV_SANITIZE") ? Deno.test.ignore : test;

const ADDENDS = [new Float32Array([1, 2, 3, 4]), new Float32Array(4)] as const;

/** A bundle of a few calls. */
async function capture(
  device: string,
  calls = 3,
): Promise<Uint8Array<ArrayBuffer>> {
  using mul = load({ modules: [await program("mul.mlir")], device });
  return await mul.profile(async (capture) => {
    capture.span("prepare", () => {});
    for (let i = 0; i < calls; i++) mul.compute("mul", ...ADDENDS);
    await mul.computeAsync("mul", ...ADDENDS);
  });
}

const EXPORT = "export needs its own format";
const USAGE = "wrong usage has its own exit status";

const CASES: readonly ToolCase[] = [
  ...["task", "sync", "theirs", "empty", "cut", "text", "missing"].flatMap(
    (bundle) =>
      PROFILE_REPORTS.filter((it) => it !== "export").flatMap((report) =>
        ["text", "jsonl"].map((format) => ({
          args: [report, `$${bundle}`, `--format=${format}`],
        }))
      ),
  ),
  ...["dispatch", "queue", "command", "executable"].flatMap((report) => [
    { args: ["--format=jsonl", "--dispatch_events", report, "$task"] },
    { args: ["--format=text", "--dispatch_events", report, "$task"] },
    { args: ["--filter=mul*", report, "$theirs"] },
    { args: ["--filter=nothing", report, "$sync"] },
    { args: ["--id=1", report, "$task"] },
    { args: ["--id=99", report, "$task"] },
    { args: ["--id=-1", report, "$task"] },
  ]),
  { args: ["$task"] },
  { args: ["--format=jsonl", "$task"] },
  { args: ["--counter_samples", "--format=jsonl", "counter", "$task"] },
  { args: ["--counter_samples", "counter", "$task"] },
  { args: ["--counter_samples", "dispatch", "$task"] },
  { args: ["--filter=x", "summary", "$task"] },
  { args: ["--id=1", "cat", "$task"] },
  { args: ["--output=out", "summary", "$task"] },
  { args: ["--rocm_library_path=/", "summary", "$task"] },
  { args: ["--format=ireeperf-jsonl", "export", "$task"] },
  { args: ["--format=ireeperf-jsonl", "export", "$cut"] },
  { args: ["--format=ireeperf-jsonl", "--output=out", "export", "$sync"] },
  { args: ["--format=ireeperf-jsonl", "summary", "$task"] },
  { args: ["--format=jsonl", "export", "$task"] },
  { args: ["--format=bogus", "summary", "$task"] },
  { args: ["bogus", "$task"] },
  { args: ["att", "$task"] },
  { args: ["--agents_md"] },
  { args: ["export", "$task"], because: EXPORT },
  { args: [], because: USAGE, exit: 2 },
  { args: ["summary", "$task", "more"], because: USAGE, exit: 2 },
  { args: ["--bogus", "summary", "$task"], because: USAGE, exit: 2 },
  { args: ["--id=x", "dispatch", "$task"], because: USAGE, exit: 2 },
  { args: ["summary", ""], because: USAGE, exit: 2 },
];

compared("iree profile prints what iree-profile prints", async () => {
  using folder = new TemporaryFolder();
  const files: Record<string, string> = { missing: folder.join("missing") };
  const write = (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    files[name] = folder.join(name);
    Deno.writeFileSync(files[name], bytes);
  };
  const task = await capture("local-task");
  write("task", task);
  write("sync", await capture("local-sync"));
  write("empty", new Uint8Array());
  write("cut", task.slice(0, task.length / 2));
  write("text", new TextEncoder().encode("a text of some length, no bundle"));
  files.theirs = folder.join("theirs");
  const { code } = await execute(tool("iree-run-module"), [
    `--module=${await program("mul.mlir")}`,
    "--function=mul",
    "--input=4xf32=1 2 3 4",
    "--input=4xf32=2",
    "--device_profiling_mode=queue-events,host-execution,memory-events",
    `--device_profiling_output=${files.theirs}`,
  ]);
  assertEquals(code, 0);
  const problems: string[] = [];
  for (const it of CASES) {
    const problem = await compareTool("iree-profile", ["profile"], it, files);
    if (problem !== undefined) problems.push(problem);
  }
  assertEquals(problems.map((it) => it.slice(0, 2000)), []);
  // The number in docs/coming-from.md.
  assert(CASES.length > 180, `${CASES.length}`);
});

test("A capture contains dispatches, memory and what the host does", async () => {
  for (const device of ["local-sync", "local-task"]) {
    const bundle = await capture(device, 5);
    const rows = reportProfile(bundle, "dispatch", {
      format: "jsonl",
      dispatchEvents: true,
    }).trim().split("\n").map((line) => JSON.parse(line));
    const dispatches = rows.filter(({ type }) =>
      type === "host_dispatch_event"
    );
    assert(dispatches.length >= 6, `${device}: ${dispatches.length}`);
    const memory = reportProfile(bundle, "memory", { format: "jsonl" });
    assert(memory.includes("memory_event"), device);
    const exported = reportProfile(bundle, "export");
    assert(exported.includes("vnd.iree.deno.profile.spans"), device);
  }
});

test("reportProfile reads a file, its URL and bytes alike", async () => {
  using folder = new TemporaryFolder();
  const bundle = await capture("local-sync", 1);
  const path = folder.join("a.ireeprof");
  Deno.writeFileSync(path, bundle);
  const text = reportProfile(bundle, "summary");
  assertEquals(reportProfile(path, "summary"), text);
  assertEquals(reportProfile(toFileUrl(path), "summary"), text);
});

test("Reports reject damaged bundles and options that they lack", async () => {
  const bundle = await capture("local-sync", 1);
  for (const report of PROFILE_REPORTS) {
    assertThrows(() => reportProfile(new Uint8Array(3), report), IreeError);
    assertThrows(
      () => reportProfile(bundle.slice(0, bundle.length - 1), report),
      IreeError,
      "DATA_LOSS",
    );
  }
  assertThrows(
    () => reportProfile(bundle, "summary", { id: 1 }),
    IreeError,
    "does not support --id",
  );
  assertThrows(
    () => reportProfile(bundle, "counter", { counterSamples: true }),
    IreeError,
    "--counter_samples requires --format=jsonl",
  );
  assertThrows(
    () => reportProfile(bundle, "bogus" as "cat"),
    IreeError,
    "report must be summary or",
  );
});

test("A program without devices has nothing to profile", async () => {
  using arithmetic = load({ modules: [await program("arithmetic.mlir")] });
  await assertRejects(
    () => arithmetic.profile(() => {}),
    IreeError,
    "nothing to profile: the program uses no device",
  );
});

test("The error of profiled work ends the capture", async () => {
  using mul = load({ modules: [await program("mul.mlir")] });
  await assertRejects(
    () =>
      mul.profile(() => {
        throw new RangeError("work");
      }),
    RangeError,
    "work",
  );
  // Another capture can begin.
  const bundle = await mul.profile(() => mul.compute("mul", ...ADDENDS));
  assert(reportProfile(bundle, "summary").includes("session_end=1"));
});

test("A device is captured once at a time", () => {
  withDevice((device) => {
    using capture = ProfileCapture.begin([device]);
    assertThrows(
      () => ProfileCapture.begin([device]),
      IreeError,
      "FAILED_PRECONDITION",
    );
    capture.flush();
    assert(capture.end().length > 0);
  });
});
