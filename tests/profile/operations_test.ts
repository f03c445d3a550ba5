// Operations of the VM in the same timeline as calls, waits and dispatches.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Device, hostModule, Instance, load } from "../../mod.ts";
import {
  formatTrace,
  ProfileCapture,
  readTimeline,
  renderProfile,
  type Timeline,
  type TimelineSpan,
} from "../../lib/profile/mod.ts";
import "../host/first_callback.ts";
import { iree, program, TemporaryFolder, test } from "../support.ts";

const FACTORS = [new Float32Array([1, 2, 3, 4]), new Float32Array(4)] as const;
const INPUTS = ["--function=mul", "--input=4xf32=1 2 3 4", "--input=4xf32=2"];

/** What happens during some work, operations included. */
async function capture(
  work: (capture: ProfileCapture) => unknown,
): Promise<Timeline> {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using capture = ProfileCapture.begin([device], { traceExecution: true });
  await work(capture);
  return readTimeline(capture.end());
}

/** Operations, without the comments that explain constants. */
function operations(spans: readonly TimelineSpan[]): string[] {
  return spans.filter(({ category }) => category === "vm")
    .map(({ name }) => name.replace(/ +\/\/.*/, ""));
}

/** The spans that are inside another one. */
function inside(
  { spans }: Timeline,
  { track, start, duration }: TimelineSpan,
): TimelineSpan[] {
  return spans.filter((it) =>
    it.track === track && start <= it.start &&
    it.start + it.duration <= start + duration
  );
}

test("Operations are inside the calls that executed them", async () => {
  using arithmetic = load({ modules: [await program("arithmetic.mlir")] });
  const timeline = await capture(async (capture) => {
    capture.span("first", () => arithmetic.add_i32(1, 2));
    await capture.span("second", () => arithmetic.callAsync("nothing"));
    assertThrows(() => arithmetic.require_positive(-1));
    arithmetic.add_i64(1n, 2n);
  });
  const calls = timeline.spans.filter(({ category }) => category === "call");
  const executed = calls.map((it) => [
    it.name,
    ...operations(inside(timeline, it)),
  ]);
  assertEquals(executed[0], [
    "arithmetic.add_i32",
    ...["<block>", "%i1 = vm.add.i32 %i0, %i1", "vm.return %i1"],
  ]);
  assertEquals(executed[1], [
    "arithmetic.nothing",
    ...["<block>", "vm.return"],
  ]);
  const [name, ...failing] = executed[2]!;
  assertEquals(name, "arithmetic.require_positive");
  assert(failing.some((it) => it.startsWith("vm.fail")), failing.join("\n"));
  assertEquals(executed[3]!.at(-1), "vm.return %i2");
  const all = executed.reduce((sum, it) => sum + it.length - 1, 0);
  assertEquals(operations(timeline.spans).length, all);
  const first = timeline.spans.find((it) => it.name === "first")!;
  assertEquals(operations(inside(timeline, first)), executed[0]!.slice(1));
});

test("An operation that calls contains what is called", async () => {
  using arithmetic = load({ modules: [await program("arithmetic.mlir")] });
  const host = hostModule("host", {
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b) => arithmetic.add_i32(a, b) as number,
    },
  });
  using loaded = load({ modules: [host, await program("operations.mlir")] });
  const timeline = await capture(() => {
    assertEquals(loaded.twice(1), 4);
    assertEquals(loaded.hosted(3), 18);
  });
  const contents = (name: string) => {
    const span = timeline.spans.find((it) => it.name === name)!;
    return inside(timeline, span).map((it) => it.name);
  };
  const double = ["<block>", "%i0 = vm.add.i32 %i0, %i0", "vm.return %i0"];
  // IREE names the called function as the export with the same number.
  const call = "%i0 = vm.call @operations.hosted(%i0)";
  assertEquals(contents("operations.twice"), [
    ...["operations.twice", "<block>"],
    ...[call, ...double],
    ...[call, ...double],
    "vm.return %i0",
  ]);
  assertEquals(contents(call), [call, ...double]);
  // The function in TypeScript calls another program.
  const imported = [
    "host.add",
    "arithmetic.add_i32",
    ...["<block>", "%i1 = vm.add.i32 %i0, %i1", "vm.return %i1"],
  ];
  const outer = "%i1 = vm.call @host.add(%i0, %i0)";
  assertEquals(contents(outer), [outer, ...imported]);
  assertEquals(contents("host.add"), imported);
  assertEquals(contents("operations.hosted"), [
    ...["operations.hosted", "<block>", outer, ...imported],
    ...["%i0 = vm.mul.i32 %i1, %i0", "vm.return %i0"],
  ]);
});

test("A call of the device is inside the operation that makes it", async () => {
  using mul = load({ modules: [await program("mul.mlir")] });
  const bundle = await mul.profile(async () => {
    mul.compute("mul", ...FACTORS);
    await mul.computeAsync("mul", ...FACTORS);
  }, { traceExecution: true });
  const timeline = readTimeline(bundle);
  const imports = timeline.spans.filter(({ category, name }) =>
    category === "import" || name === "hal.fence.await"
  );
  assert(imports.length > 4);
  for (const it of imports) {
    const around = timeline.spans.filter((operation) =>
      operation.category === "vm" && operation.name.includes(`@${it.name}`) &&
      inside(timeline, operation).includes(it)
    );
    assertEquals(around.length, 1, it.name);
  }
});

test("Operations are recorded only where they are asked for", async () => {
  using mul = load({ modules: [await program("mul.mlir")] });
  for (const options of [undefined, {}, { traceExecution: false }]) {
    const bundle = await mul.profile(() => mul.compute("mul", ...FACTORS), {
      ...options,
    });
    assertEquals(operations(readTimeline(bundle).spans), []);
  }
});

test("--trace_execution writes into --profile what it prints without it", async () => {
  using folder = new TemporaryFolder();
  const path = await program("mul.mlir");
  const args = ["run", path, ...INPUTS, "--trace_execution"];
  const printed = await iree(args);
  // Function 1 is `mul`; the other one initializes the program.
  const lines = printed.stderr.split("\n").flatMap((line) =>
    /^\[mul@1\+[0-9A-F]{8}\] +(.*)/.exec(line)?.slice(1) ?? []
  );
  // Without the values of registers and globals.
  const texts = lines.map((it) =>
    it.replace(/ +\/\/.*/, "").replace(/(%[irR]\d+(?::\d+)?)\([^()]*\)/g, "$1")
      .replace(/(\.refs\[\d+\])\([^()]*\)/, "$1")
  );
  assert(texts.length > 10);
  const profile = folder.join("a.ireeprof");
  const profiled = await iree([...args, `--profile=${profile}`]);
  assertEquals(profiled, { ...printed, stderr: "" });
  assertEquals(operations(readTimeline(profile).spans), texts);

  const benchmark = folder.join("b.ireeprof");
  const { code, stderr } = await iree([
    ...["benchmark", path, ...INPUTS, "--benchmark_min_time=2x"],
    ...["--trace_execution", `--profile=${benchmark}`],
  ]);
  assertEquals([code, stderr.includes("vm.")], [0, false]);
  const { spans } = readTimeline(benchmark);
  const calls = spans.filter(({ category }) => category === "call").length;
  assertEquals(operations(spans).length, calls * texts.length);
});

test("A profile with missing events says so", async () => {
  using mul = load({ modules: [await program("mul.mlir")] });
  const bundleOf = (calls: number) =>
    mul.profile(() => {
      for (let i = 0; i < calls; i++) mul.compute("mul", ...FACTORS);
    });
  // More than IREE keeps between two flushes.
  const many = await bundleOf(4100);
  const { droppedRecords } = readTimeline(many);
  assert(droppedRecords > 0);
  assert(renderProfile(many).includes(`>${droppedRecords} events are missing`));
  const { otherData } = JSON.parse(formatTrace(many));
  assertEquals(otherData, { droppedRecords });
  const few = await bundleOf(1);
  assertEquals(readTimeline(few).droppedRecords, 0);
  assert(!renderProfile(few).includes("events are missing"));
  assert(!("otherData" in JSON.parse(formatTrace(few))));
});
