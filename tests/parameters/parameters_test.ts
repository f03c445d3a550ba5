import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  type BufferView,
  BytecodeModule,
  Context,
  Device,
  HalModule,
  Instance,
  IreeError,
  load,
  type LoadOptions,
  type NativeObject,
  ParameterIndex,
  type ParameterMode,
  ParametersModule,
} from "../../mod.ts";
import { mustRun, program, TemporaryFolder, test, tool } from "../support.ts";
import { gguf, safetensors } from "./parameter_files.ts";

const parameters = await program("parameters.mlir");
const single = await program("single.mlir");
const range = await program("parameter_range.mlir");
const parts = await program("parameter_parts.mlir");
const large = await program("large_parameter.mlir");

const MODES: readonly ParameterMode[] = ["file", "preload", "mmap"];

/** Parameters of the program. */
function makeIndex(instance: Instance): ParameterIndex {
  const index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array([1, 2, 3, 4]));
  index.addData("state", new Int32Array([10, 20, 30, 40]));
  index.addSplat("scale", 16, new Float64Array([2.5]));
  return index;
}

/** Results of a program's functions, as `iree-run-module` prints them. */
function results(
  options: Partial<LoadOptions>,
  names: readonly string[],
): string[] {
  using loaded = load({ modules: [parameters], ...options });
  return names.map((name) => {
    using view = loaded.call(name) as BufferView;
    return view.format();
  });
}

const NAMES = ["weight", "scale", "increment", "increment"];
const EXPECTED = [
  "4xf32=1 2 3 4",
  "2xf64=2.5 2.5",
  "4xi32=11 21 31 41",
  "4xi32=12 22 32 42",
];

test("A program reads parameters from an archive in every mode, on every device", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = makeIndex(instance);
  const path = folder.join("model.irpa");
  index.writeArchive(path);
  const before = Deno.readFileSync(path);
  for (const device of ["local-sync", "local-task"]) {
    for (const parameterMode of MODES) {
      const options = { parameters: `model=${path}`, parameterMode, device };
      assertEquals(results(options, NAMES), EXPECTED, parameterMode);
    }
  }
  assertEquals(Deno.readFileSync(path), before);
});

test("Programs read parameters from memory, each with separate state", () => {
  using instance = Instance.open();
  using index = makeIndex(instance);
  const options = { parameters: { scope: "model", index } };
  assertEquals(results(options, NAMES), EXPECTED);
  assertEquals(results(options, NAMES), EXPECTED);
  assertEquals(index.read("state", { length: 1 }), new Uint8Array([10]));
});

test("iree-run-module reads the same archive, except for long patterns", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = makeIndex(instance);
  const path = folder.join("model.irpa");
  const run = (name: string) =>
    mustRun(tool("iree-run-module"), [
      `--module=${parameters}`,
      `--parameters=model=${path}`,
      `--function=${name}`,
    ]);
  index.writeArchive(path);
  const error = await run("weight").catch((error: Error) => error.message);
  assertStringIncludes(error as string, "fill value length is not one of");
  index.writeArchive(path, { expand: ["scale"] });
  for (const [i, name] of NAMES.slice(0, 3).entries()) {
    assertStringIncludes(await run(name), `\n${EXPECTED[i]}\n`);
  }
  assertEquals(results({ parameters: `model=${path}` }, NAMES), EXPECTED);
});

test("A program reads part of a parameter in every mode, unlike iree-run-module", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("model.irpa");
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addSplat("other", 64, new Uint8Array(1));
  index.addData("weight", Float32Array.from({ length: 64 }, (_, i) => i));
  index.writeArchive(path);
  const expected = ["4xf32=16 17 18 19"];
  for (const parameterMode of MODES) {
    const options = { modules: [range], parameters: `model=${path}` };
    assertEquals(results({ ...options, parameterMode }, ["part"]), expected);
  }
  const parameters = [{ scope: "model", index }];
  assertEquals(results({ modules: [range], parameters }, ["part"]), expected);
  const theirs = await mustRun(tool("iree-run-module"), [
    `--module=${range}`,
    `--parameters=model=${path}`,
    "--parameter_mode=preload",
  ]);
  assertStringIncludes(theirs, "\n4xf32=0 1 2 3\n");
});

test("load merges files of one scope, of any format, by path or URL", () => {
  using folder = new TemporaryFolder();
  const weights = folder.join("a=b.safetensors");
  Deno.writeFileSync(weights, safetensors({ "weight": [5, 6, 7, 8] }));
  using instance = Instance.open();
  using rest = ParameterIndex.create(instance);
  rest.addData("state", new Int32Array(4));
  rest.addSplat("scale", 16, new Uint8Array(1));
  const archive = folder.join("rest.irpa");
  rest.writeArchive(archive);
  const sources = [`model=${weights}`, `model=${archive}`];
  assertEquals(results({ parameters: sources }, ["weight"]), [
    "4xf32=5 6 7 8",
  ]);
  // A file with `=` in its name has no scope; a URL never names one.
  for (const source of [weights, toFileUrl(weights)]) {
    const error = assertThrows(
      () => load({ modules: [parameters], parameters: source }),
      IreeError,
    );
    assertStringIncludes(error.message, "available scopes: ''");
  }
});

test("load opens parameter files only when a program needs them", () => {
  const options = { parameters: "model=none.irpa" };
  using loaded = load({ ...options, modules: [single] });
  assertEquals(loaded.call("double", 21), 42);
  const error = assertThrows(
    () => load({ ...options, modules: [parameters] }),
    IreeError,
  );
  assertEquals(error.code, "NOT_FOUND");
  const path = join(Deno.cwd(), "none.irpa");
  assertStringIncludes(error.message, `failed to open file '${path}'`);
});

/** Loads the program with an incomplete index. */
function refusal(scope: string, fill: (index: ParameterIndex) => void) {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  fill(index);
  return assertThrows(
    () => load({ modules: [parameters], parameters: [{ scope, index }] }),
    IreeError,
  );
}

test("Errors about a missing key, wrong scope or wrong size list the alternatives", () => {
  const key = refusal("model", (index) => {
    index.addData("weights", new Float32Array(4));
  });
  assertEquals(key.code, "NOT_FOUND");
  assertStringIncludes(key.detail, "no parameter found in index with key");
  assertStringIncludes(key.message, "scope 'model': keys: weights");
  const scope = refusal("modle", () => {});
  assertEquals(scope.code, "NOT_FOUND");
  assertStringIncludes(scope.detail, "handles scopes like 'model'");
  assertStringIncludes(scope.message, "available scopes: 'modle'");
  const none = assertThrows(() => load({ modules: [parameters] }), IreeError);
  assertStringIncludes(none.message, "no parameters were given");
  const size = refusal("model", (index) => {
    index.addData("weight", new Float32Array(3));
    index.addData("state", new Int32Array(4));
    index.addSplat("scale", 16, new Uint8Array(1));
  });
  assertEquals(size.code, "OUT_OF_RANGE");
  assertStringIncludes(
    size.detail,
    "parameter `weight` range out of bounds (offset=0, length=16, size=12)",
  );
});

test("load rejects invalid parameters before it opens anything", () => {
  const refusals: readonly [LoadOptions["parameters"], string][] = [
    [5 as never, "a provider must be an object, got the number 5"],
    [[{ scope: "model" }] as never, "a provider must be"],
    [[null] as never, "a provider must be an object, got null"],
  ];
  for (const [given, words] of refusals) {
    const error = assertThrows(
      () => load({ modules: [parameters], parameters: given }),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, words);
  }
  const parameterMode = "quick" as ParameterMode;
  const error = assertThrows(
    () => load({ modules: [parameters], parameterMode }),
    IreeError,
  );
  assertStringIncludes(error.message, "must be file or preload or mmap");
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const provider = { scope: "model", index };
  const twice = assertThrows(
    () => ParametersModule.create(instance, [provider, provider]),
    IreeError,
  );
  assertStringIncludes(twice.message, "two providers of scope 'model'");
});

test("A module provides its indices' contents as of its creation", () => {
  using instance = Instance.open();
  using index = makeIndex(instance);
  using module = ParametersModule.create(instance, [{ scope: "model", index }]);
  index.addData("later", new Uint8Array(1));
  index.dispose();
  assertEquals(module.scopes.get("model"), ["weight", "state", "scale"]);
  assertEquals(
    results({ modules: [module, parameters] }, ["scale"]),
    ["2xf64=2.5 2.5"],
  );
});

test("A program returns copies of its parameters", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("model.irpa");
  const nines = new Float32Array(4).fill(9);
  let kept: BufferView;
  {
    using instance = Instance.open();
    using index = makeIndex(instance);
    index.writeArchive(path);
    const sources = [{ scope: "model", index }, `model=${path}`];
    for (const source of sources) {
      for (const parameterMode of MODES) {
        const options = { modules: [parameters], parameters: source };
        using loaded = load({ ...options, parameterMode });
        using view = loaded.call("weight") as BufferView;
        view.write(nines);
        using again = loaded.call("weight") as BufferView;
        assertEquals(again.format(), EXPECTED[0], parameterMode);
        assertEquals(view.toTypedArray(), nines);
      }
    }
    using loaded = load({
      modules: [parameters],
      parameters: sources[1],
      parameterMode: "mmap",
    });
    kept = loaded.call("weight") as BufferView;
  }
  assertEquals(kept.format(), EXPECTED[0]);
  kept.dispose();
});

test("Parameters and their devices can be disposed in any order", () => {
  const names = ["instance", "device", "index", "module", "context"];
  const make = (): NativeObject[] => {
    const instance = Instance.open();
    const device = Device.create(instance, "local-task");
    const index = makeIndex(instance);
    const providers = [{ scope: "model", index }];
    const module = ParametersModule.create(instance, providers);
    using hal = HalModule.create(instance, device);
    using bytecode = BytecodeModule.fromFile(instance, parameters);
    const context = Context.create(instance, [hal, module, bytecode]);
    return [instance, device, index, module, context];
  };
  for (let first = 0; first < names.length; first++) {
    for (let step = 1; step < names.length; step++) {
      const graph = make();
      for (let i = 0; i < names.length; i++) {
        graph[(first + i * step) % names.length].dispose();
      }
      assert(graph.every(({ disposed }) => disposed));
    }
  }
});

test("A program with gigabytes of parameters loads without reading them", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("large.irpa");
  const byteLength = 3 * 2 ** 30;
  using instance = Instance.open();
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const start = Deno.memoryUsage();
  {
    // Zeros are not written, so the file uses no disk space.
    using index = ParameterIndex.create(instance);
    index.addSplat("big", byteLength, new Uint8Array(1));
    index.addData("weight", new Float32Array([1, 2, 3, 4]));
    index.addData("state", new Int32Array(4));
    index.addSplat("scale", 16, new Uint8Array(1));
    index.writeArchive(path, { expand: ["big"] });
  }
  using index = ParameterIndex.fromFile(instance, path);
  const [big] = index.entries;
  assertEquals([big.key, big.byteLength], ["big", byteLength]);
  assert(big.storage === "file");
  using file = Deno.openSync(path, { write: true });
  file.seekSync(big.offset + byteLength - 4, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(new Float32Array([0.25]).buffer));
  const options = { parameters: `model=${path}`, device: "local-sync" };
  {
    using mapped = load({
      ...options,
      modules: [large],
      parameterMode: "mmap",
    });
    assertEquals(mapped.call("at", byteLength / 4 - 1), 0.25);
    assertEquals(mapped.call("at", 5), 0);
  }
  // A program that needs little of the file does not read the rest.
  assertEquals(results(options, ["weight"]), [EXPECTED[0]]);
  const end = Deno.memoryUsage();
  const grown = mebibytes(end.rss - start.rss);
  assert(grown < 256, `the process grew by ${grown} MiB`);
  const heap = mebibytes(end.heapUsed + end.external - start.external) -
    mebibytes(start.heapUsed);
  assert(heap < 64, `the heap grew by ${heap} MiB`);
});

test("A parameter longer than the program's is rejected, except for partial reads", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array([1, 2, 3, 4, 5]));
  index.addData("state", new Int32Array([10, 20, 30, 40]));
  index.addSplat("scale", 16, new Float64Array([2.5]));
  const path = folder.join("model.irpa");
  index.writeArchive(path);
  const sources = [
    { parameters: { scope: "model", index } },
    ...MODES.map((parameterMode) => ({
      parameters: `model=${path}`,
      parameterMode,
    })),
  ];
  for (const device of ["local-sync", "local-task"]) {
    for (const source of sources) {
      const error = assertThrows(
        () => load({ modules: [parameters], device, ...source }),
        IreeError,
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertStringIncludes(
        error.message,
        "parameter `weight` has 20 bytes, more than the 16 of the program's",
      );
      assertStringIncludes(error.message, "partial: true");
    }
  }
  const partial = { parameters: { scope: "model", index, partial: true } };
  assertEquals(results(partial, NAMES), EXPECTED);
  const wrong = { scope: "model", index, partial: 1 as unknown as boolean };
  assertThrows(
    () => ParametersModule.create(instance, [wrong]),
    IreeError,
    "partial must be a boolean, got the number 1",
  );
});

test("A splat longer than the program's parameter is rejected", () => {
  using instance = Instance.open();
  using index = makeIndex(instance);
  using other = ParameterIndex.create(instance);
  for (const key of ["weight", "state"]) other.addFrom(index, key);
  other.addSplat("scale", 24, new Float64Array([2.5]));
  const options = { parameters: { scope: "model", index: other } };
  assertThrows(
    () => results(options, NAMES),
    IreeError,
    "parameter `scale` has 24 bytes, more than the 16",
  );
});

test("A program that reads several parts of a parameter starts with the first", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array([1, 2, 3, 4]));
  const parameters = { scope: "model", index };
  assertEquals(results({ modules: [parts], parameters }, ["both"]), [
    "2xf32=1 2",
  ]);
});

test("A program with an unreadable parameter fails with the reason", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("model.gguf");
  const contents = new Uint8Array(16);
  Deno.writeFileSync(
    path,
    gguf({ weight: { type: 99, shape: [4], contents } }),
  );
  const error = assertThrows(
    () => load({ modules: [parameters], parameters: `model=${path}` }),
    IreeError,
  );
  assertEquals(error.code, "NOT_FOUND");
  assertStringIncludes(error.message, "GGML tensor type 99 is not supported");
});
