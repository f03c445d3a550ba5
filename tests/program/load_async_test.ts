import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type BufferView,
  Instance,
  IreeError,
  load,
  loadAsync,
  type LoadAsyncOptions,
  type ModuleMode,
  type ModuleSource,
  ParameterIndex,
} from "../../mod.ts";
import { Latch } from "../latch.ts";
import { failureOf, program, TemporaryFolder, test } from "../support.ts";
import { waitTurns, waitUntilLive } from "../waiting.ts";

const weights = await program("weights.mlir");
const waitsAtStart = await program("waits_at_start.mlir");
const mul = await program("mul.mlir");
const parameterized = await program("parameters.mlir");

/** Native functions that may run on other threads at a time. */
const THREADS = Deno.build.os === "windows"
  ? 2 * navigator.hardwareConcurrency
  : 16;

interface Weights {
  get(index: bigint): number;
}

test("The event loop turns while a program of 100 MiB is loaded", async () => {
  let isLoaded = false;
  const turns = (async () => {
    let count = 0;
    for (; !isLoaded; count++) await waitTurns(1);
    return count;
  })();
  using loaded = await loadAsync<Weights>(weights);
  isLoaded = true;
  assert(await turns > 0);
  assertEquals(loaded.get(26214399n), 7);
});

test("Files and bytes are read and verified where calls run, not on the loop", async () => {
  using latch = new Latch();
  const programs = Array.from(
    { length: THREADS },
    () => load({ modules: [Latch.module] }),
  );
  const calls = programs.map((it) => it.lookupFunction("wait").callAsync());
  await latch.isReached(THREADS);
  let count = 0;
  const sources: [ModuleSource, ModuleMode][] = [
    [mul, "preload"],
    [mul, "mmap"],
    [Deno.readFileSync(mul), "preload"],
  ];
  const device = "local-sync";
  const loading = sources.map(async ([source, moduleMode]) => {
    using loaded = await loadAsync(source, { device, moduleMode });
    count++;
    return loaded.functionNames;
  });
  await waitTurns();
  assertEquals(count, 0);
  latch.open();
  assertEquals(await Promise.all(loading), [["mul"], ["mul"], ["mul"]]);
  await Promise.all(calls);
  for (const loaded of programs) loaded.dispose();
});

test("The event loop turns while a program's initializer runs", async () => {
  using latch = new Latch();
  const loading = loadAsync({ modules: [Latch.module, waitsAtStart] });
  await latch.isReached();
  await waitTurns();
  latch.open();
  using loaded = await loading;
  assertEquals(loaded.call("get"), 7);
});

test("The caller may dispose modules while a context is created from them", async () => {
  using latch = new Latch();
  const owner = load({ modules: [Latch.module] });
  const loading = loadAsync({ modules: [owner.mainModule, waitsAtStart] });
  await latch.isReached();
  owner.dispose();
  latch.open();
  using loaded = await loading;
  assertEquals(loaded.call("get"), 7);
});

test("A program on a device computes the same when loaded asynchronously", async () => {
  using loaded = await loadAsync(mul, { device: "local-task" });
  using product = loaded.call("mul", [1, 2, 3, 4], [2, 2, 2, 2]) as BufferView;
  assertEquals(product.toNestedArray(), [2, 4, 6, 8]);
});

for (const parameterMode of ["file", "preload", "mmap"] as const) {
  test(`Parameters are opened on other threads: ${parameterMode}`, async () => {
    using folder = new TemporaryFolder();
    const path = folder.join("model.irpa");
    {
      using instance = Instance.open();
      using index = ParameterIndex.create(instance);
      index.addData("weight", new Float32Array([1, 2, 3, 4]));
      index.addData("state", new Int32Array(4));
      index.addData("scale", new Float64Array(2));
      index.writeArchive(path);
    }
    using loaded = await loadAsync({
      modules: [parameterized],
      device: "local-sync",
      parameters: `model=${path}`,
      parameterMode,
    });
    using weight = loaded.call("weight") as BufferView;
    assertEquals(weight.toNestedArray(), [1, 2, 3, 4]);
  });
}

test("loadAsync rejects with the errors that load throws", async () => {
  using folder = new TemporaryFolder();
  const text = folder.join("text.vmfb");
  Deno.writeTextFileSync(text, "not a program");
  const cut = folder.join("cut.vmfb");
  Deno.writeFileSync(cut, Deno.readFileSync(mul).subarray(0, 1000));
  const cases: LoadAsyncOptions[] = [
    { modules: [] },
    { modules: ["no_such_file.vmfb"] },
    { modules: [text] },
    { modules: [cut] },
    { modules: [cut], moduleMode: "mmap" },
    { modules: [Deno.readFileSync(cut)] },
    { modules: [waitsAtStart] },
    { modules: [mul], device: "no-such-device" },
    { modules: [parameterized], parameters: folder.join("none.irpa") },
  ];
  for (const options of cases) {
    const thrown = assertThrows(() => load(options), IreeError);
    const rejected = await failureOf(loadAsync(options));
    assertEquals(rejected.message, thrown.message);
  }
});

test("With an aborted signal, nothing is loaded", async () => {
  const reason = new Error("not wanted");
  const signal = AbortSignal.abort(reason);
  assertEquals(
    await assertRejects(() => loadAsync(mul, { signal })),
    reason,
  );
  const wrong = { signal: {} as AbortSignal };
  const error = await failureOf(loadAsync(mul, wrong));
  assertEquals(error.detail, "signal must be an AbortSignal, got an object");
});

test("An aborted load leaves nothing live", async () => {
  using latch = new Latch();
  const controller = new AbortController();
  const { signal } = controller;
  const modules = [Latch.module, waitsAtStart];
  const loading = loadAsync({ modules, signal });
  const rejected = assertRejects(() => loading, Error, "not wanted");
  await latch.isReached();
  controller.abort(new Error("not wanted"));
  latch.open();
  await rejected;
});

test("A worker that ends while it loads leaves nothing live", async () => {
  const url = new URL("../../mod.ts", import.meta.url).href;
  const source = `import { loadAsync } from ${JSON.stringify(url)};
    loadAsync(${JSON.stringify({ modules: [Latch.module, waitsAtStart] })});`;
  const latch = new Latch();
  const worker = new Worker(
    `data:application/typescript,${encodeURIComponent(source)}`,
    { type: "module" },
  );
  await latch.isReached();
  worker.terminate();
  latch[Symbol.dispose]();
  await waitUntilLive();
});
