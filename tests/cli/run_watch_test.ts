// Diagnostics of `iree run` and its timeout.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { basename, dirname, join } from "@std/path";
import { RUN_FLAGS } from "../../lib/cli/run/all_flags.ts";
import {
  iree,
  mustRun,
  nativeModule,
  program,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { runBoth } from "./peer.ts";

const arithmetic = await program("arithmetic.mlir");
const mul = await program("mul_vmvx.mlir");
const native = await program("mul.mlir");
const inline = await program("inline_dynamic.mlir");
const plugin = await nativeModule("fixtures/plugin.cc");

const MUL = ["--function=mul", "--input=4xf32=2", "--input=4xf32=3"];
const PRINTED = "EXEC @mul\nresult[0]: hal.buffer_view\n4xf32=6 6 6 6\n";

/** An hour of counting. */
const ENDLESS = ["--function=loop_i64", "--input=1000000000000"];

test("--timeout ends a call that does not return", async () => {
  const start = performance.now();
  const { code, stdout, stderr } = await iree([
    "run",
    arithmetic,
    ...ENDLESS,
    "--timeout=1.5",
  ]);
  const seconds = (performance.now() - start) / 1000;
  assertEquals([code, stdout], [1, "EXEC @loop_i64\n"]);
  assertEquals(
    stderr,
    "error: DEADLINE_EXCEEDED: the command did not end within the " +
      "1.5 s of --timeout\n",
  );
  assert(seconds > 1.5, `${seconds} s`);
});

test("--timeout has no effect on a command that ends earlier", async () => {
  assertEquals(
    await iree(["run", mul, ...MUL, "--timeout=100"]),
    { code: 0, stdout: PRINTED, stderr: "" },
  );
  const failed = await iree([
    "run",
    arithmetic,
    "--function=require_positive",
    "--input=-1",
    "--timeout=100",
  ]);
  assertEquals(failed.code, 1);
  assertStringIncludes(failed.stderr, "FAILED_PRECONDITION");
  for (const bad of ["0", "-1", "soon", ""]) {
    const { code } = await iree(["run", mul, ...MUL, `--timeout=${bad}`]);
    assertEquals(code, 2, bad);
  }
});

test("--repeat calls repeatedly and prints the last results and the times", async () => {
  const { code, stdout, stderr } = await iree([
    "run",
    mul,
    ...MUL,
    "--repeat=5",
  ]);
  assertEquals([code, stderr], [0, ""]);
  assert(stdout.startsWith(PRINTED), stdout);
  assertMatch(
    stdout.slice(PRINTED.length),
    /^\[REPEAT\] 5 calls: \d+\.\d{3} ms minimum, \d+\.\d{3} ms mean, \d+\.\d{3} ms maximum\n$/,
  );
  for (const bad of ["0", "-1", "1.5", ""]) {
    const { code } = await iree(["run", mul, ...MUL, `--repeat=${bad}`]);
    assertEquals(code, 2, bad);
  }
});

test("--repeat calls in one context and keeps its state", async () => {
  using folder = new TemporaryFolder();
  const module = await nativeModule("fixtures/types_module.cc");
  const args = [`--module=${module}`, "--function=counter_live"];
  const { stdout } = await iree(["run", ...args, "--repeat=3"]);
  assert(stdout.startsWith("EXEC @counter_live\nresult[0]: i32=0\n"), stdout);
  const file = folder.join("out.npy");
  const { code } = await iree([
    "run",
    mul,
    ...MUL,
    "--repeat=3",
    `--output=+${file}`,
  ]);
  assertEquals(code, 0);
  // The results of the last call only.
  assertEquals(Deno.statSync(file).size, 128 + 16);
});

test("--print_device_statistics prints rows about the device's work", async () => {
  const { theirs, ours } = await runBoth([
    `--module=${mul}`,
    ...MUL,
    "--device=local-sync",
    "--print_device_statistics",
  ]);
  const shape = (text: string) =>
    text.replaceAll(/[\d.]+ (?:ns|us|ms)/g, "TIME");
  assertEquals([ours.code, ours.stdout], [0, PRINTED]);
  assertStringIncludes(ours.stderr, "IREE HAL device statistics:");
  assertEquals(shape(ours.stderr), shape(theirs.stderr));
});

test("iree-profile reads the profile", async () => {
  using folder = new TemporaryFolder();
  const file = folder.join("out.ireeprof");
  const { code, stdout, stderr } = await iree([
    "run",
    mul,
    ...MUL,
    "--device_profiling_mode=queue-events,host-execution",
    `--device_profiling_output=${file}`,
  ]);
  assertEquals([code, stdout, stderr], [0, PRINTED, ""]);
  const summary = await mustRun(tool("iree-profile"), ["summary", file]);
  assertMatch(summary, /queue_events=[1-9].* host_execution_events=[1-9]/);
});

test("Profiling fails without a device", async () => {
  const { code, stderr } = await iree([
    "run",
    arithmetic,
    "--function=nothing",
    "--print_device_statistics",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "FAILED_PRECONDITION: nothing to profile: the program uses no device",
  );
});

test("A plugin is loaded wherever programs could import from it", async () => {
  for (
    const [module, ...args] of [
      [native],
      [native, "--device=local-sync"],
      [native, "--task_topology_group_count=1"],
      [inline],
    ]
  ) {
    const command = [
      `--module=${module}`,
      ...MUL,
      ...args,
      `--executable_plugin=${plugin}`,
    ];
    const { theirs, ours } = await runBoth(command);
    assertEquals(theirs.stderr, "plugin loaded\n");
    assertEquals(ours, theirs, command.join(" "));
  }
});

test("A plugin is found in the working directory, with or without a slash", async () => {
  const command = [`--module=${native}`, ...MUL];
  const options = { cwd: dirname(plugin) };
  for (const prefix of ["", "./"]) {
    const flag = `--executable_plugin=${prefix}${basename(plugin)}`;
    const { code, stderr } = await iree(["run", ...command, flag], options);
    assertEquals([code, stderr], [0, "plugin loaded\n"]);
  }
  // It is on the system's search path, for which Deno was not asked.
  const flag = "--executable_plugin=libm.so.6";
  const { code, stderr } = await iree(["run", ...command, flag], options);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `${dirname(plugin)}/libm.so.6: cannot open shared object file`,
  );
});

test("Vulkan is looked up at a given path, with or without a slash", async () => {
  for (const path of ["missing.so", "./missing.so"]) {
    const { code, stderr } = await iree([
      "run",
      "--list_devices=vulkan",
      `--vulkan_libvulkan_search_path=${path}`,
    ]);
    // A system with Vulkan finds it anyway.
    if (code === 0) continue;
    assertStringIncludes(stderr, `Tried: ${join(Deno.cwd(), "missing.so")}\n`);
  }
});

test("Flags without meaning here are rejected with the reason", async () => {
  for (
    const [flag, words] of [
      ["agents_md", "`iree run --help` and the pages describe recordings"],
      ["cuda_allow_inline_execution", "IREE's CUDA driver does not read it"],
      ["cuda_tracing=1", "it needs a build with Tracy"],
      [
        "cuda_default_index_from_mpi=false",
        "no environment variables are read",
      ],
      ["hip_dylib_path=x", "the HIP driver is not in this library"],
      ["task_abort_on_failure", "failures end the command normally"],
      ["task_topology_snapshot=x", "the CPU topology is always this machine's"],
    ]
  ) {
    const { code, stdout, stderr } = await iree([
      "run",
      mul,
      ...MUL,
      `--${flag}`,
    ]);
    assertEquals([code, stdout], [2, ""], flag);
    assertStringIncludes(stderr, `is rejected: ${words}`);
  }
});

test("Every flag of iree-run-module is known, with its default value", async () => {
  using folder = new TemporaryFolder();
  const help = await mustRun(tool("iree-run-module"), ["--help"]);
  const flags = help.split("\n").filter((line) => line.startsWith("--"));
  assert(flags.length > 50, `${flags.length} flags`);
  const file = folder.join("flags");
  Deno.writeTextFileSync(file, flags.join("\n"));
  for (const device of ["local-task", "local-sync"]) {
    assertEquals(
      await iree([
        "run",
        mul,
        `--flagfile=${file}`,
        ...MUL,
        `--device=${device}`,
      ]),
      { code: 0, stdout: PRINTED, stderr: "" },
    );
  }
  const named = [...help.matchAll(/^(?:# )?--(\w+)/gm)];
  assert(named.length > 70, `${named.length} flags`);
  assertEquals(
    named.map(([, name]) => name).filter((name) => !(name in RUN_FLAGS)),
    [],
  );
});
