/**
 * Checks a device; see `run` in this folder.
 *
 * @module
 */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  type LoadedProgram,
  runtime,
} from "../../mod.ts";
import { setIreeFlags } from "../../lib/tooling/mod.ts";
import { execute, mustRun, ROOT, TemporaryFolder, tool } from "../support.ts";

const SOURCE = `${ROOT}/tests/gpu/operators.mlir`;

/** Largest error of a result, relative to the right one. */
const TOLERANCE = 1e-4;

const [uri = "", ...rest] = Deno.args;
const loader = rest.find((it) => it.startsWith("--loader="))?.slice(9);
const flags = rest.filter((it) => !it.startsWith("--loader="));
if (!/^\w/.test(uri)) {
  console.error("usage: tests/gpu/run DEVICE [--loader=FILE] [FLAGS]");
  Deno.exit(2);
}

/** The compiler's name of a driver's devices. */
function targetOf(driver: string): string {
  return driver.startsWith("local") ? "local" : driver;
}

async function compile(path: string, device: string, more: readonly string[]) {
  const cpu = "--iree-hal-local-target-device-backends=llvm-cpu";
  await mustRun(tool("iree-compile"), [
    `--iree-hal-target-device=${device}`,
    ...(device === "local" ? [cpu, "--iree-llvmcpu-target-cpu=host"] : []),
    ...more,
    SOURCE,
    "-o",
    path,
  ]);
  return path;
}

let failed = 0;

async function check(
  name: string,
  body: () => void | Promise<void>,
): Promise<void> {
  const start = performance.now();
  try {
    await body();
    const time = (performance.now() - start).toFixed(0);
    console.log(`ok      ${name} (${time} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}: ${(error as Error).message}`);
  }
}

const SIDE = 64;
const a = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 13 - 6);
const b = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 7 / 2);

const OPERATORS = [
  "add_f32",
  "transcendental_f32",
  "integers",
  "matmul_f32",
  "transpose_f32",
  "reduce_f32",
];

/** Bytes that may stay: queues of some drivers grow with the first calls. */
const NOISE = 2 ** 20;

/** Bytes of the transferred tensor. */
const LARGE = 64 * 2 ** 20;

async function checkDevice(path: string, reference: string): Promise<void> {
  using instance = Instance.open();
  if (loader !== undefined) {
    setIreeFlags(instance, { vulkan_libvulkan_search_path: loader });
  }
  using device = Device.create(instance, uri);
  using loaded = load({ modules: [path], device }) as LoadedProgram;
  using right = load({ modules: [reference], device: "local-task" });
  const call = (program: LoadedProgram, name: string) =>
    program.lookupFunction(name).compute(a, b) as Float32Array;
  for (const name of OPERATORS) {
    await check(`results of ${name}`, () => {
      const got = call(loaded, name);
      const expected = call(right as LoadedProgram, name);
      assertEquals(got.length, expected.length);
      for (const [at, value] of expected.entries()) {
        const tolerance = TOLERANCE * Math.max(1, Math.abs(value));
        assertAlmostEquals(got[at]!, value, tolerance, `element ${at}`);
      }
    });
  }
  const twice = loaded.lookupFunction("twice");
  await check("transfer of 64 MiB there and back", () => {
    const data = Float32Array.from({ length: LARGE / 4 }, (_, i) => i % 1000);
    using view = BufferView.from(device, data);
    assertEquals(view.toTypedArray(), data);
    const doubled = twice.compute(data) as Float32Array;
    assertEquals(doubled.at(-1), 2 * data.at(-1)!);
  });
  await check("20 asynchronous calls at a time", async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => twice.computeAsync([i, 1])),
    );
    assertEquals(results, results.map((_, i) => new Float32Array([2 * i, 2])));
  });
  await check("1000 calls take no more memory", () => {
    const bytes = () =>
      device.statistics.deviceBytesLive + device.statistics.hostBytesLive;
    twice.compute([1]);
    const before = bytes();
    for (let i = 0; i < 1000; i++) twice.compute([i]);
    assert(bytes() < before + NOISE, `${bytes() - before} bytes more`);
  });
  await check("a call beside iree-benchmark-module", async () => {
    const times: number[] = [];
    const large = loaded.lookupFunction("large");
    const data = new Float32Array(512 * 512).fill(1);
    using x = BufferView.from(device, data, [512, 512]);
    for (let i = 0; i < 21; i++) {
      const start = performance.now();
      (large.call(x, x) as BufferView).dispose();
      times.push(performance.now() - start);
    }
    const ours = times.sort((one, other) => one - other)[10]!;
    console.log(`        ours  ${ours.toFixed(3)} ms`);
    const { code, stdout } = await execute(tool("iree-benchmark-module"), [
      `--module=${path}`,
      `--device=${uri}`,
      "--function=large",
      "--input=512x512xf32=1",
      "--input=512x512xf32=1",
      "--benchmark_format=json",
      ...(loader === undefined
        ? []
        : [`--vulkan_libvulkan_search_path=${loader}`]),
    ]);
    assert(code === 0, "iree-benchmark-module has no such device");
    const [row] = JSON.parse(stdout).benchmarks;
    const unit = { ns: 1e6, us: 1e3, ms: 1, s: 1e-3 }[row.time_unit as "ms"];
    console.log(`        IREE  ${(row.real_time / unit).toFixed(3)} ms`);
  });
}

using folder = new TemporaryFolder();
const path = folder.join("device.vmfb");
const reference = folder.join("cpu.vmfb");
const driver = uri.split(":", 1)[0]!;
await compile(path, targetOf(driver), flags);
await compile(reference, "local", []);
try {
  await checkDevice(path, reference);
} catch (error) {
  if (!(error instanceof IreeError)) throw error;
  console.log(`FAILED  ${uri} cannot be opened: ${error.message}`);
  failed++;
}
await check("everything is released", () => {
  assertEquals(runtime.statistics.liveAllocations, 0);
});
console.log(failed === 0 ? "all checks passed" : `${failed} failed`);
if (failed > 0) Deno.exitCode = 1;
