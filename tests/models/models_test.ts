import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  BufferView,
  Instance,
  load,
  type LoadOptions,
  type NdArray,
  ParameterIndex,
} from "../../mod.ts";
import { readNpy } from "../../lib/npy/mod.ts";
import { peer } from "../cli/peer.ts";
import { bytesOf, gguf, safetensors } from "../parameters/parameter_files.ts";
import { iree, type Output, test } from "../support.ts";
import {
  type Model,
  ModelFiles,
  modelProgram,
  MODELS,
  runReference,
  SCOPE,
} from "./models.ts";

// Every runner here executes the same machine code, and sums are not split
// between threads, so results match to the bit. A build for fences is another
// program with the same device code. NumPy computes in f64.

const DEVICES = ["local-sync", "local-task"];

/** Tolerance between f32 and f64, for values around 1. */
const TOLERANCE = 1e-4;

/** GGUF's number for an f32 tensor. */
const GGUF_F32 = 0;

const [convNet] = MODELS;

/** Runs a model from TypeScript. */
function run(model: Model, options: LoadOptions, input: NdArray): NdArray {
  using program = load(options);
  const result = program.call(model.function, input.data);
  assertInstanceOf(result, BufferView);
  using view = result;
  return view.toNdArray();
}

function ireeRun(args: string[]): Promise<Output> {
  return iree(["run", ...args]);
}

/** Asserts that two results match to the bit. */
function assertSame(actual: NdArray, expected: NdArray, what: string): void {
  assertEquals(actual.elementType, "f32", what);
  assertEquals(actual.shape, expected.shape, what);
  assertEquals(bytesOf(actual.data), bytesOf(expected.data), what);
}

for (const model of MODELS) {
  test(`Python, iree-run-module, iree run and TypeScript agree on ${model.name}`, async () => {
    using files = new ModelFiles(model);
    const program = await modelProgram(model);
    const output = files.join("python");
    const { irpa: weights, npy } = files;
    await runReference(model, { program, weights, input: npy, output });
    const [expected] = readNpy(`${output}.local-sync.npy`);
    assertNear(expected, readNpy(`${output}.numpy.npy`)[0]);

    for (const device of DEVICES) {
      assertSame(readNpy(`${output}.${device}.npy`)[0], expected, "Python");
      const target = files.join(`${device}.npy`);
      const args = [
        `--module=${program}`,
        `--device=${device}`,
        `--parameters=${SCOPE}=${weights}`,
        `--function=${model.function}`,
        `--input=@${npy}`,
        `--output=@${target}`,
      ];
      for (const runner of [peer, ireeRun]) {
        const { code, stderr } = await runner(args);
        assertEquals([code, stderr], [0, ""], runner.name);
        assertSame(readNpy(target)[0], expected, runner.name);
        await Deno.remove(target);
      }
      const ours = run(model, {
        modules: [program],
        parameters: `${SCOPE}=${weights}`,
        device,
      }, files.input);
      assertSame(ours, expected, "TypeScript");
    }
  });

  test(`Every source of weights gives the same result for ${model.name}`, async () => {
    using files = new ModelFiles(model);
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    for (const [key, { data }] of files.weights) index.addData(key, data);
    const modules = [await modelProgram(model)];
    const device = "local-sync";
    const expected = run(model, {
      modules,
      device,
      parameters: [{ scope: SCOPE, index }],
    }, files.input);

    const paths = [files.irpa, ...writeOtherFormats(files)];
    for (const path of paths) {
      for (const parameterMode of ["file", "preload", "mmap"] as const) {
        const parameters = `${SCOPE}=${path}`;
        const options = { modules, device, parameters, parameterMode };
        const what = `${path}, ${parameterMode}`;
        assertSame(run(model, options, files.input), expected, what);
      }
    }
  });

  test(`${model.name} built for fences gives the same result`, async () => {
    using files = new ModelFiles(model);
    const parameters = `${SCOPE}=${files.irpa}`;
    const plain = await modelProgram(model);
    const fenced = await modelProgram(model, [
      "--iree-execution-model=async-external",
    ]);
    for (const device of DEVICES) {
      const [expected, actual] = [plain, fenced].map((module) =>
        run(model, { modules: [module], parameters, device }, files.input)
      );
      assertSame(actual, expected, device);
    }
    using program = load({ modules: [fenced], parameters });
    const { attributes } = program.lookupFunction(model.function).description;
    assertEquals(attributes["iree.abi.model"], "coarse-fences");
  });
}

test("A model accepts batches of any size, even zero", async () => {
  using files = new ModelFiles(convNet);
  using program = load({
    modules: [await modelProgram(convNet)],
    parameters: `${SCOPE}=${files.irpa}`,
    device: "local-sync",
  });
  const classify = (images: Float32Array<ArrayBuffer>): NdArray => {
    using view = program.classify(images) as BufferView;
    return view.toNdArray();
  };
  const images = files.input.data as Float32Array<ArrayBuffer>;
  const size = 16 * 16 * 3;
  const whole = classify(images);
  assertEquals(whole.shape, [3, 10]);
  for (let image = 0; image < 3; image++) {
    const one = classify(images.slice(image * size, (image + 1) * size));
    assertEquals(one.shape, [1, 10]);
    const row = whole.data.slice(image * 10, (image + 1) * 10);
    assertNear(one, { ...one, data: row as Float32Array<ArrayBuffer> });
  }
  assertEquals(classify(new Float32Array()).shape, [0, 10]);
});

/** Asserts that two results agree within f32's precision. */
function assertNear(actual: NdArray, expected: NdArray): void {
  assertEquals(actual.shape, expected.shape);
  let distance = 0;
  let size = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const wanted = Number(expected.data[i]);
    distance = Math.max(distance, Math.abs(Number(actual.data[i]) - wanted));
    size = Math.max(size, Math.abs(wanted));
  }
  // NaN fails every comparison; all zeros would prove nothing.
  assert(distance <= TOLERANCE, `${distance} away`);
  assert(size > 0.1 && size < 10);
}

/** Writes the weights in other formats and returns the paths. */
function writeOtherFormats(files: ModelFiles): string[] {
  const weights = [...files.weights];
  const safe = files.join("weights.safetensors");
  Deno.writeFileSync(
    safe,
    safetensors(Object.fromEntries(
      weights.map(([key, { data }]) => [key, Array.from(data, Number)]),
    )),
  );
  const ggml = files.join("weights.gguf");
  Deno.writeFileSync(
    ggml,
    gguf(Object.fromEntries(
      weights.map(([key, { shape, data }]) => [
        key,
        // GGUF lists the innermost dimension first.
        { type: GGUF_F32, shape: shape.toReversed(), contents: bytesOf(data) },
      ]),
    )),
  );
  return [safe, ggml];
}
