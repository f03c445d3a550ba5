import { assertEquals, assertMatch } from "@std/assert";
import { BytecodeModule, Instance, load, type LoadOptions } from "../../mod.ts";
import { compile } from "../../lib/compiler/mod.ts";
import { tuningOf, withTuning } from "../../lib/inspect/program_tuning.ts";
import { withEntry } from "../../lib/files/archive_entry.ts";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import { COMPILER } from "../compiler/support.ts";
import { failureOf, iree, program, TemporaryFolder, test } from "../support.ts";

/** The device and the workers that a program gets. */
function chosen(
  module: string | Uint8Array<ArrayBuffer>,
  options: Omit<LoadOptions, "modules"> = { device: "auto" },
): [string, bigint?] {
  using loaded = load(module, options);
  const [device] = loaded.devices;
  return device.uri === "local-task"
    ? [device.uri, device.queryI64("hal.dispatch", "concurrency")]
    : [device.uri];
}

function tuned(
  bytes: Uint8Array<ArrayBuffer>,
  device: string,
  workers?: number,
): Uint8Array<ArrayBuffer> {
  const choice = {
    ...{ recipe: "default", device, workers },
    ...{ milliseconds: 1, spread: 0, rounds: 1 },
  };
  const rest = { function: "mul", flags: [], trials: [choice], skipped: [] };
  return withTuning(bytes, { choice, ...rest });
}

test("The device 'auto' is the one that tuning found", async () => {
  const bytes = await Deno.readFile(await program("mul.mlir"));
  assertEquals(chosen(tuned(bytes, "local-sync")), ["local-sync"]);
  assertEquals(chosen(tuned(bytes, "local-task", 3)), ["local-task", 3n]);
  // The last tuning counts, and the file still has one entry of the name.
  const twice = tuned(tuned(bytes, "local-sync"), "local-task", 2);
  assertEquals(chosen(twice), ["local-task", 2n]);
  const { files } = inspectProgram(twice);
  assertEquals(files?.filter(({ name }) => name === "tuning.json").length, 1);
  // Workers of the caller's replace those that were found.
  const deviceOptions = { topology: { groupCount: 1 } };
  assertEquals(
    chosen(tuned(bytes, "local-sync"), { device: ["auto"], deviceOptions }),
    ["local-task", 1n],
  );
});

test("Without tuning, 'auto' is local-sync for small programs only", async () => {
  assertEquals(chosen(await program("mul.mlir")), ["local-sync"]);
  const large = `func.func @twice(%x: tensor<1024x1024xf32>)
      -> tensor<1024x1024xf32> {
    %y = arith.addf %x, %x : tensor<1024x1024xf32>
    return %y : tensor<1024x1024xf32>
  }`;
  const options = { library: COMPILER, target: "generic" };
  assertEquals(chosen(await compile(large, options))[0], "local-task");
});

test("iree run accepts --device=auto, for files and stdin", async () => {
  using folder = new TemporaryFolder();
  const bytes = await Deno.readFile(await program("mul.mlir"));
  const path = folder.join("tuned.vmfb");
  await Deno.writeFile(path, tuned(bytes, "local-task", 1));
  const inputs = ["--input=4xf32=1 2 3 4", "--input=4xf32=2"];
  const args = ["run", "--device=auto", ...inputs];
  for (const module of [path, "-"]) {
    const stdin = module === "-" ? await Deno.readFile(path) : undefined;
    const { stdout } = await iree([...args, `--module=${module}`], { stdin });
    assertMatch(stdout, /4xf32=2 4 6 8/);
  }
});

test("load explains why the device 'auto' is not possible", async () => {
  const path = await program("mul.mlir");
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, path);
  const cases: [() => unknown, RegExp][] = [
    [
      () => load({ modules: [module], device: "auto" }),
      /must be a \.vmfb or its bytes for the device 'auto'/,
    ],
    [
      () => load(path, { device: ["auto", "local-sync"] }),
      /'auto' must be the only device, got 2 devices/,
    ],
  ];
  for (const [run, message] of cases) {
    // deno-lint-ignore require-await
    const error = await failureOf((async () => run())());
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.detail, message);
  }
});

test("A damaged tuning.json is ignored, and said where it is asked for", async () => {
  const path = await program("mul.mlir");
  const [choice, rest] = [
    '{"recipe":"a","device":"local-task","milliseconds":1,"spread":0,"rounds":1}',
    '"flags":[],"skipped":[]',
  ];
  const cases: [string, RegExp][] = [
    ["{", /is not JSON$/],
    ["null", /has the version undefined$/],
    ["{}", /has the version undefined$/],
    ['{"version":1}', /has no choice$/],
    [
      `{"version":1,"function":"f","choice":${choice},"flags":[]}`,
      /no trials$/,
    ],
    [
      `{"version":1,"function":"f","choice":${choice},${rest},"trials":[null]}`,
      /no trials$/,
    ],
    [
      `{"version":1,"function":"f","choice":{"device":"local-task"},${rest}}`,
      /has no choice$/,
    ],
  ];
  using folder = new TemporaryFolder();
  for (const [text, problem] of cases) {
    const bytes = withEntry(
      Deno.readFileSync(path),
      "tuning.json",
      new TextEncoder().encode(text),
    );
    const description = inspectProgram(bytes);
    assertEquals(description.tuning, undefined);
    assertMatch(description.tuningProblem ?? "", problem);
    assertEquals(chosen(bytes), ["local-sync"]);
    assertEquals(chosen(bytes, {})[0], "local-task");
    // deno-lint-ignore require-await
    const error = await failureOf((async () => tuningOf(bytes))());
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.detail, problem);
    assertMatch(error.hint ?? "", /iree compile --tune/);
    await Deno.writeFile(folder.join("damaged.vmfb"), bytes);
  }
  const { stdout } = await iree(["inspect", folder.join("damaged.vmfb")]);
  assertMatch(stdout, /\nTuning:\n {2}ignored: 'tuning\.json' in the program/);
});

test("Without a device, load and iree run use the tuning result", async () => {
  using folder = new TemporaryFolder();
  const bytes = await Deno.readFile(await program("mul.mlir"));
  const path = folder.join("tuned.vmfb");
  await Deno.writeFile(path, tuned(bytes, "local-task", 3));
  assertEquals(chosen(path, {}), ["local-task", 3n]);
  assertEquals(chosen(tuned(bytes, "local-sync"), {}), ["local-sync"]);
  // The caller's options take precedence.
  assertEquals(chosen(path, { device: "local-sync" }), ["local-sync"]);
  const deviceOptions = { topology: { groupCount: 1 } };
  assertEquals(chosen(path, { deviceOptions }), ["local-task", 1n]);
  const { stdout } = await iree(["inspect", path]);
  assertMatch(
    stdout,
    /\nTuning:\n {2}default on local-task, 3 workers, 1\.00 ms for a call of mul\n/,
  );
  const all = await iree(["inspect", "--all", path]);
  assertMatch(all.stdout, /\nTuning:\n {2}default on local-task, 3 workers/);
});

test("Python's zipfile reads a tuned program's archive", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("tuned.vmfb");
  const bytes = await Deno.readFile(await program("mul.mlir"));
  await Deno.writeFile(path, tuned(bytes, "local-sync"));
  const { success, stdout } = await new Deno.Command("python3", {
    args: ["-m", "zipfile", "-t", path],
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "Done testing");
  assertEquals(success, true);
});
