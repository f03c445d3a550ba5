// Recordings of devices, here and in IREE's tools.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Device, Instance, IreeError, load } from "../../mod.ts";
import { dumpReplay, Recording, Replay } from "../../lib/replay/mod.ts";
import { execute, program, TemporaryFolder, test, tool } from "../support.ts";

const FACTORS = [
  new Float32Array([1, 2, 3, 4]),
  new Float32Array([2, 2, 2, 2]),
] as const;

/** Records a few calls, and returns their results. */
async function record(
  path: string,
  uris: readonly string[] = ["local-sync"],
): Promise<Float32Array[]> {
  using instance = Instance.open();
  using recording = Recording.begin(instance, path);
  using devices = new DisposableStack();
  const wrapped = recording.wrap(
    Device.createGroup(instance, uris).map((it) => devices.use(it)),
  ).map((it) => devices.use(it));
  const results: Float32Array[] = [];
  {
    using mul = load({
      modules: [await program("mul.mlir")],
      device: wrapped,
    });
    const compute = () => mul.compute("mul", ...FACTORS) as Float32Array;
    results.push(recording.scope("execute", compute));
    results.push(
      await recording.scope(
        "later",
        () => mul.computeAsync("mul", ...FACTORS) as Promise<Float32Array>,
      ),
    );
  }
  recording.end();
  return results;
}

test("What devices are asked is recorded, and replayed here", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.ireereplay");
  for (const uri of ["local-sync", "local-task"]) {
    for (const result of await record(path, [uri])) {
      assertEquals([...result], [2, 4, 6, 8]);
    }
    using instance = Instance.open();
    using replay = Replay.open(instance, path);
    for (const target of ["local-sync", "local-task"]) {
      using device = Device.create(instance, target);
      const all = replay.run([device]);
      const part = replay.run([device], { scope: "execute" });
      assert(all > 0 && part > 0, `${all} ${part}`);
    }
  }
});

test("IREE's tools replay and print our recordings", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.ireereplay");
  await record(path);
  const { code, stderr } = await execute(tool("iree-run-replay"), [
    "--device=local-task",
    path,
  ]);
  assertEquals([code, stderr], [0, ""]);
  for (const format of ["text", "jsonl"] as const) {
    const { stdout } = await execute(tool("iree-dump-replay"), [
      `--format=${format}`,
      path,
    ]);
    assertEquals(dumpReplay(path, { format }), stdout);
  }
});

test("Recordings of IREE's tools are replayed here", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.ireereplay");
  const { code } = await execute(tool("iree-run-module"), [
    `--module=${await program("mul.mlir")}`,
    "--function=mul",
    "--input=4xf32=1 2 3 4",
    "--input=4xf32=2",
    `--device_replay_output=${path}`,
  ]);
  assertEquals(code, 0);
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using replay = Replay.open(instance, path);
  assert(replay.run([device], { scope: "execute" }) > 0);
});

test("A missing scope and another number of devices are errors", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.ireereplay");
  await record(path);
  using instance = Instance.open();
  using replay = Replay.open(instance, path);
  using device = Device.create(instance, "local-sync");
  assertThrows(
    () => replay.run([device], { scope: "nothing" }),
    IreeError,
    "NOT_FOUND: no scope 'nothing' in the recording",
  );
  using both = new DisposableStack();
  const two = Device.createGroup(instance, ["local-sync", "local-sync"])
    .map((it) => both.use(it));
  assertThrows(() => replay.run(two), IreeError, "device");
});

test("Recorded code can be replaced", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.ireereplay");
  await record(path);
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using replay = Replay.open(instance, path, {
    executables: [{ executable: "all", source: new Uint8Array(64) }],
  });
  assertThrows(() => replay.run([device]), IreeError);
});
