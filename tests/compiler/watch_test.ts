// A model that is loaded again when its file changes.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compile, loadModel } from "../../lib/compiler/mod.ts";
import {
  BufferView,
  IreeError,
  load,
  type LoadedProgram,
  runtime,
  type VmRef,
} from "../../mod.ts";
import {
  denoFlags,
  execute,
  failureOf,
  LIBRARY,
  program,
  TemporaryFolder,
  test,
} from "../support.ts";
import { waitUntil, waitUntilLive } from "../waiting.ts";
import { COMPILER, TWICE } from "./support.ts";

const options = { library: COMPILER, cache: false };
const twice = await compile(TWICE, options);
const thrice = await compile(
  TWICE.replace("return %y", "%z = arith.addi %y, %x : i32\n  return %z"),
  options,
);
const once = await compile(TWICE.replaceAll("twice", "once"), options);
const gate = await Deno.readFile(await program("gate.mlir"));
const mul = await Deno.readFile(await program("mul.mlir"));

/** A model's file, and what its reloads reported. */
class Model implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly path: string;
  /** What each reload reported: its failure, or nothing. */
  readonly reports: unknown[] = [];
  #count = 0;

  constructor(name: string, contents: Uint8Array | string) {
    this.path = this.#folder.join(name);
    this.save(contents);
  }

  /** Writes the file in place. */
  save(contents: Uint8Array | string): void {
    Deno.writeFileSync(this.path, bytesOf(contents));
  }

  /** Puts another file in its place. */
  replace(contents: Uint8Array | string): void {
    const next = this.#folder.join("next");
    Deno.writeFileSync(next, bytesOf(contents));
    Deno.renameSync(next, this.path);
  }

  readonly onReload = (...report: readonly unknown[]): void => {
    this.reports.push(...report.length === 0 ? ["reloaded"] : report);
  };

  /** Waits for the next report. */
  async next(): Promise<unknown> {
    const index = this.#count++;
    await waitUntil(() => this.reports.length > index, `report ${index}`);
    return this.reports[index];
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

function bytesOf(contents: Uint8Array | string): Uint8Array {
  return typeof contents === "string"
    ? new TextEncoder().encode(contents)
    : contents;
}

test("A watched program has the functions of the file that replaces its own, or is saved over it", async () => {
  using model = new Model("model.vmfb", twice);
  const { onReload } = model;
  using loaded = await loadModel(model.path, { watch: true, onReload });
  const { twice: before } = loaded;
  assertEquals(loaded.twice(7), 14);
  model.replace(thrice);
  assertEquals(await model.next(), "reloaded");
  assertEquals([loaded.twice(7), loaded.call("twice", 7)], [21, 21]);
  assertEquals(before(7), 21);
  assertEquals((await loaded.run({ input0: 7 })).output0.data[0], 21);
  model.save(once);
  assertEquals(await model.next(), "reloaded");
  assertEquals(loaded.functionNames, ["once"]);
  assertEquals([loaded.once(7), "twice" in loaded], [14, false]);
  const error = assertThrows(() => before(7), IreeError);
  assertStringIncludes(error.message, "no function 'twice' exported");
});

test("Calls that have begun finish in the program that is replaced, which is released then", async () => {
  using model = new Model("model.vmfb", gate);
  const { onReload } = model;
  const device = "local-sync";
  const watched = { watch: true, onReload, device };
  using loaded = await loadModel(model.path, watched);
  using other = load(gate, { device: loaded.devices[0] });
  const live: number[] = [];
  for (let round = 0; round < 3; round++) {
    using fence = other.call("fence") as VmRef;
    // The second call waits for its turn.
    const calls = [1, 2].map(() => loaded.callAsync("wait", fence));
    model.replace(mul);
    assertEquals(await model.next(), "reloaded");
    assertEquals(loaded.functionNames, ["mul"]);
    assertEquals(
      loaded.compute("mul", [1, 2, 3, 4], [2, 2, 2, 2]),
      new Float32Array([2, 4, 6, 8]),
    );
    model.replace(gate);
    assertEquals(await model.next(), "reloaded");
    other.call("open", fence);
    assertEquals(await Promise.all(calls), [0, 0]);
    live.push(runtime.statistics.liveAllocations);
  }
  // The device's pools have grown in the first round. Other threads may still
  // release what they used.
  await waitUntilLive(live[1]);
});

test("Devices, and tensors on them, stay over a reload; forks keep what they were made from", async () => {
  using model = new Model("model.vmfb", mul);
  const { onReload } = model;
  const watched = { watch: true, onReload, device: "local-sync" };
  const loaded = await loadModel(model.path, watched);
  const [device] = loaded.devices;
  using view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
  using fork = loaded.fork();
  model.replace(await Deno.readFile(await program("mul_vmvx.mlir")));
  assertEquals(await model.next(), "reloaded");
  assert(loaded.devices[0] === device);
  assertEquals(loaded.context === fork.context, false);
  assertEquals(
    loaded.compute("mul", view, view),
    new Float32Array([1, 4, 9, 16]),
  );
  loaded.dispose();
  assertEquals(device.disposed, false);
  assertEquals(
    fork.compute("mul", view, view),
    new Float32Array([1, 4, 9, 16]),
  );
  fork.dispose();
  assertEquals(device.disposed, true);
});

test("A saved source is compiled again; one that fails keeps the program and reports the error", async () => {
  using model = new Model("model.mlir", TWICE);
  const { onReload, path } = model;
  using loaded = await loadModel(path, {
    ...{ watch: true, onReload, compile: options },
  });
  const context = loaded.context;
  model.save(TWICE.replace("%x, %x", "%x, %nope"));
  assertEquals(
    (await model.next() as IreeError).detail.split("\n")[0],
    `'${path}' does not compile:`,
  );
  assertEquals([loaded.twice(7), loaded.context === context], [14, true]);
  model.replace(TWICE.replace("addi", "muli"));
  assertEquals(await model.next(), "reloaded");
  assertEquals([loaded.twice(7), loaded.context === context], [49, false]);
});

test("A file that is damaged or missing for a while keeps the program", async () => {
  using model = new Model("model.vmfb", twice);
  const { onReload } = model;
  using loaded = await loadModel(model.path, { watch: true, onReload });
  model.replace("not a program");
  assertEquals((await model.next() as IreeError).code, "INVALID_ARGUMENT");
  Deno.removeSync(model.path);
  // Several looks at the file.
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertEquals([loaded.twice(7), model.reports.length], [14, 1]);
  model.save(thrice);
  assertEquals(await model.next(), "reloaded");
  assertEquals(loaded.twice(7), 21);
});

test("The disposal of a watched program ends the watch, and a reload in progress", async () => {
  using model = new Model("model.mlir", TWICE);
  const { onReload } = model;
  // By their first phase: an aborted compile may report later ones.
  let compiles = 0;
  const loaded = await loadModel(model.path, {
    watch: true,
    onReload,
    compile: { ...options, onPhase: (it) => it === "input" && compiles++ },
  });
  const first = compiles;
  model.save(TWICE.replace("addi", "muli"));
  await waitUntil(() => compiles > first, "the file is compiled again");
  loaded.dispose();
  await waitUntilLive();
  const last = compiles;
  model.save(TWICE);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertEquals([model.reports, compiles], [[], last]);
  assertThrows(() => loaded.twice(1), IreeError);
});

test("A watched program that is not disposed is garbage-collected", async () => {
  using model = new Model("model.vmfb", twice);
  await (async () => {
    const loaded: LoadedProgram = await loadModel(model.path, { watch: true });
    assertEquals(loaded.call("twice", 7), 14);
  })();
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  await waitUntil(() => {
    gc();
    return runtime.statistics.liveAllocations === 0;
  }, "nothing is live");
});

test("watch and onReload are checked", async () => {
  using model = new Model("model.vmfb", twice);
  const { path } = model;
  const wrong: [object, string][] = [
    [{ watch: 1 }, "watch must be a boolean, got the number 1"],
    [
      { watch: true, onReload: 1 },
      "onReload must be a function, got the number 1",
    ],
    [{ onReload: () => {} }, "onReload requires watch: true"],
  ];
  for (const [options, message] of wrong) {
    assertEquals((await failureOf(loadModel(path, options))).detail, message);
  }
  const missing = `${path}.missing.vmfb`;
  await assertRejects(
    () => loadModel(missing, { watch: true }),
    IreeError,
    "failed to open file",
  );
});

test("A watch needs no permission but to read the file, and does not keep the process alive", async () => {
  using model = new Model("model.vmfb", twice);
  const { path } = model;
  const entry = import.meta.resolve("../../lib/compiler/mod.ts");
  const script = `const { loadModel } = await import(${JSON.stringify(entry)});
    const { promise, resolve } = Promise.withResolvers();
    const path = ${JSON.stringify(path)};
    const program = await loadModel(path, { watch: true, onReload: resolve });
    console.log(program.twice(7));
    await new Promise((resolve) => setTimeout(resolve, 1e3));
    const alive = setInterval(() => {}, 1e6);
    console.log(await promise, program.twice(7));
    clearInterval(alive);`;
  const child = execute(Deno.execPath(), [
    ...["run", "--no-prompt", "--no-check", ...denoFlags()],
    ...[`--allow-ffi=${LIBRARY}`, `--allow-read=${path}`],
    "--allow-env=IREE_RUNTIME_LIBRARY",
    `data:text/javascript,${encodeURIComponent(script)}`,
  ], { env: { IREE_RUNTIME_LIBRARY: LIBRARY } });
  // Saved again, in case the first one was before the program was loaded.
  const saving = setInterval(() => model.replace(thrice), 1000);
  const { code, stdout, stderr } = await child;
  clearInterval(saving);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "undefined 21\n");
});
