// `--profile=FILE` of the commands that run programs.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readTimeline } from "../../lib/profile/mod.ts";
import {
  denoFlags,
  iree,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";
import { join } from "@std/path";

const INPUTS = ["--input=4xf32=1 2 3 4", "--input=4xf32=2"];

/** Asserts that a bundle has so many dispatches, and what the host did. */
function assertCaptured(path: string, dispatches: number, calls = dispatches) {
  const { spans } = readTimeline(path);
  const count = (category: string) =>
    spans.filter((it) => it.category === category).length;
  assertEquals([count("dispatch"), count("call")], [dispatches, calls]);
}

test("iree run --profile captures all calls", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a.ireeprof");
  const { code, stderr } = await iree([
    "run",
    await program("mul.mlir"),
    ...INPUTS,
    "--repeat=3",
    `--profile=${path}`,
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertCaptured(path, 3);
});

test("iree benchmark --profile captures all iterations", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a.ireeprof");
  const { code } = await iree([
    "benchmark",
    await program("mul.mlir"),
    "--function=mul",
    ...INPUTS,
    "--benchmark_min_time=4x",
    `--profile=${path}`,
  ]);
  assertEquals(code, 0);
  assertCaptured(path, 4);
});

test("iree replay run --profile captures dispatches without calls", async () => {
  using folder = new TemporaryFolder();
  const [recording, path] = [folder.join("a.ireereplay"), folder.join("a")];
  await iree([
    "run",
    await program("mul.mlir"),
    ...INPUTS,
    `--device_replay_output=${recording}`,
  ]);
  const { code, stderr } = await iree([
    ...["replay", "run", recording],
    `--profile=${path}`,
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertCaptured(path, 1, 0);
});

test("--profile of a program without devices, or of several, is an error", async () => {
  const arithmetic = await program("arithmetic.mlir");
  const without = await iree([
    ...["run", arithmetic, "--function=add_i32", "--input=1", "--input=2"],
    "--profile=never",
  ]);
  assertEquals(without.code, 1);
  assertStringIncludes(without.stderr, "nothing to profile");
  for (const command of ["benchmark", "serve"]) {
    const several = await iree([
      command,
      `one=${arithmetic}`,
      `two=${arithmetic}`,
      "--profile=never",
    ]);
    assertEquals(several.code, 2, several.stderr);
    assertStringIncludes(several.stderr, "--profile is for one");
  }
});

test("iree serve --profile captures the requests of a server", async () => {
  if (Deno.build.os === "windows") return;
  using folder = new TemporaryFolder();
  const path = folder.join("a.ireeprof");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...denoFlags(), join(ROOT, "cli.ts"), "serve"],
      `mul=${await program("mul.mlir")}`,
      ...["--http-port=0", `--profile=${path}`],
    ],
    stderr: "piped",
    stdout: "null",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream());
  let url: string | undefined;
  let log = "";
  for await (const text of lines) {
    log += text;
    url ??= /listening on (\S+)\s/.exec(log)?.[1];
    if (url === undefined) continue;
    const tensor = (name: string) => ({
      name,
      datatype: "FP32",
      shape: [4],
      data: [1, 2, 3, 4],
    });
    const { inputs } = await (await fetch(`${url}/v2/models/mul`)).json();
    const answer = await fetch(`${url}/v2/models/mul/infer`, {
      method: "POST",
      body: JSON.stringify({
        inputs: inputs.map((it: { name: string }) => tensor(it.name)),
      }),
    });
    assertEquals(answer.status, 200, await answer.text());
    child.kill("SIGTERM");
    break;
  }
  assert(url !== undefined, log);
  assertEquals((await child.status).code, 0);
  assertCaptured(path, 1);
});
