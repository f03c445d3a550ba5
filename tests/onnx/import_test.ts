import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { dirname, join } from "@std/path";
import {
  compileProgram,
  type Diagnostic,
  importOnnx,
  loadModel,
} from "../../lib/compiler/mod.ts";
import { IreeError, load } from "../../mod.ts";
import {
  failureOf,
  ireeOfSources,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { COMPILER, testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const options = { library: COMPILER, cache: false, target: "generic" };

/** A program of a model, in a file next to it. */
async function compiled(name: string): Promise<string> {
  const path = models.join(`${name}.vmfb`);
  const { bytes } = await compileProgram(models.join(`${name}.onnx`), options);
  await Deno.writeFile(path, bytes);
  return path;
}

const NAMES = [
  "onnx::Shape_422",
  "463",
  "save_infer_model/scale_0.tmp_1",
  'a "b", (c) -> {d}',
];

testWithImporter(
  "run accepts and returns a model's own names, whatever their characters",
  async () => {
    const path = await compiled("names");
    using loaded = load(path);
    assertEquals(loaded.functionNames, ["main graph"]);
    const outputs = await loaded.run({
      [NAMES[0]!]: [[1, 2, 3, 4]],
      [NAMES[1]!]: 2,
    });
    assertEquals(outputs, {
      [NAMES[2]!]: {
        elementType: "f32",
        shape: [1, 4],
        data: new Float32Array([2, 4, 6, 8]),
      },
      [NAMES[3]!]: {
        elementType: "i1",
        shape: [1, 4],
        data: new Uint8Array([0, 0, 1, 1]),
      },
    });
    const error = await failureOf(loaded.run({ [NAMES[0]!]: [[1, 2, 3, 4]] }));
    assertEquals(
      error.detail,
      "input '463' of 'main graph' is missing; inputs: 'onnx::Shape_422', '463'",
    );
  },
);

testWithImporter(
  "Metadata of a model has names, types, shapes and names of dimensions",
  async () => {
    const path = await compiled("names");
    using loaded = load(path);
    const dimensionNames = ["batch", null];
    const shape = [null, 4];
    assertEquals(loaded.inputs, [
      { name: NAMES[0]!, elementType: "f32", shape, dimensionNames },
      {
        name: NAMES[1]!,
        elementType: "f32",
        shape: [],
        dimensionNames: undefined,
      },
    ]);
    assertEquals(loaded.outputs, [
      { name: NAMES[2]!, elementType: "f32", shape, dimensionNames },
      { name: NAMES[3]!, elementType: "i1", shape, dimensionNames },
    ]);
    const { stdout } = await ireeOfSources(["inspect", path]);
    assertStringIncludes(
      stdout,
      '%"onnx::Shape_422": tensor<?x4xf32> {dims = ["batch", null]}, ' +
        "%463: tensor<f32>",
    );
  },
);

testWithImporter(
  "Booleans are i1, scalars have no dimensions, and bytes keep their sign",
  async () => {
    const path = await compiled("types");
    using loaded = load(path);
    const outputs = await loaded.run({
      x: new Float32Array([200, 55]),
      n: new Uint8ClampedArray([1, 2, 3, 255]),
      flag: true,
    });
    assertEquals(outputs, {
      u8: {
        elementType: "ui8",
        shape: [2, 2],
        data: new Uint8Array([1, 2, 3, 255]),
      },
      i64: {
        elementType: "i64",
        shape: [2, 2],
        data: new BigInt64Array([1n, 2n, 3n, 255n]),
      },
      not: { elementType: "i1", shape: [], data: new Uint8Array([0]) },
      sum: { elementType: "f32", shape: [], data: new Float32Array([255]) },
    });
    const found = loaded.lookupFunction("graph" as never);
    const [u8] = found.compute([200, 55], [[1, 2], [3, 255]], false) as [
      unknown,
    ];
    assertEquals(u8, new Uint8Array([1, 2, 3, 255]));
  },
);

testWithImporter(
  "Weights in a file next to the program are found without a flag",
  async () => {
    using folder = new TemporaryFolder();
    const args = ["--externalize-params", `-o`, folder.join("m.mlir")];
    const imported = await ireeOfSources([
      "import",
      models.join("weights.onnx"),
      ...args,
    ]);
    assertEquals([imported.code, imported.stderr], [0, ""]);
    assertStringIncludes(
      imported.stdout,
      `${folder.join("m.irpa")}: the weights`,
    );
    const { bytes } = await compileProgram(folder.join("m.mlir"), options);
    await Deno.writeFile(folder.join("m.vmfb"), bytes);
    const x = new Float32Array(16);
    x[1] = 2;
    const expected = Float32Array.from(
      { length: 32 },
      (_, at) => 2 * (32 + at),
    );
    {
      using loaded = load(folder.join("m.vmfb"), { device: "local-sync" });
      assertEquals((await loaded.run({ x })).y!.data, expected);
    }
    const run = await ireeOfSources([
      "run",
      folder.join("m.vmfb"),
      `1x16xf32=${x.join(" ")}`,
    ]);
    assertEquals([run.code, run.stderr], [0, ""]);
    assertStringIncludes(run.stdout, "1x32xf32=[64 66 68");
    await Deno.rename(folder.join("m.irpa"), folder.join("other.irpa"));
    const missing = await ireeOfSources([
      "run",
      folder.join("m.vmfb"),
      "1x16xf32=0",
    ]);
    assertEquals(missing.code, 1);
  },
);

/** A command that cannot write files of more than 512 bytes, as on a full disk. */
class LimitedCommand extends Deno.Command {
  constructor(command: string | URL, options?: Deno.CommandOptions) {
    const script = `ulimit -f 1; exec "$0" "$@"`;
    const args = ["-c", script, String(command), ...options?.args ?? []];
    super("sh", { ...options, args });
  }
}

testWithImporter(
  "Weights that cannot be written leave no unfinished file",
  async () => {
    using folder = new TemporaryFolder();
    const folders = folder.join("missing");
    const error = await assertRejects(
      () =>
        importOnnx(models.join("weights.onnx"), {
          parameters: join(folders, "m.irpa"),
        }),
      IreeError,
    );
    assertStringIncludes(
      error.message,
      `UNAVAILABLE: failed to write file '${join(folders, "m.irpa")}': `,
    );
    const { Command } = Deno;
    Deno.Command = LimitedCommand;
    using _ = { [Symbol.dispose]: () => void (Deno.Command = Command) };
    const parameters = folder.join("m.irpa");
    const limited = await assertRejects(
      () => importOnnx(models.join("weights.onnx"), { parameters }),
      IreeError,
    );
    assertStringIncludes(
      limited.message,
      `UNAVAILABLE: failed to write file '${parameters}': `,
    );
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
);

testWithImporter(
  "A model that does not compile as written is updated once, with a warning",
  async () => {
    const diagnostics: Diagnostic[] = [];
    const old = models.join("old.onnx");
    const { bytes } = await compileProgram(old, {
      ...options,
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    });
    assertEquals(
      diagnostics.map(({ severity, message }) => [severity, message]),
      [
        [
          "warning",
          `updated to opset 17, since otherwise: '${old}' does not compile: ` +
          "operator Upsample, node 'up', opset 7: failed to legalize operation " +
          "'torch.operator' that was explicitly marked illegal",
        ],
      ],
    );
    using loaded = load(bytes);
    const { y } = await loaded.run({ x: [[[[1, 2], [3, 4]]]] });
    assertEquals(y!.shape, [1, 1, 4, 4]);
    const { opset } = await importOnnx(old, { library: COMPILER });
    assertEquals(opset, 7);
    const later = await importOnnx(old, { library: COMPILER, opset: 13 });
    assertEquals(later.opset, 13);
  },
);

testWithImporter(
  "What the compiler does not support is named: operator, node and opset",
  async () => {
    const path = models.join("unsupported.onnx");
    const error = await failureOf(compileProgram(path, options));
    assertEquals(error.code, "UNIMPLEMENTED");
    assertEquals(
      error.detail,
      `'${path}' does not compile: operator MaxRoiPool, node 'the regions', ` +
        "opset 17: failed to legalize operation 'torch.aten.max_pool2d' that " +
        "was explicitly marked illegal",
    );
    assertStringIncludes(
      error.hint ?? "",
      "with another opset or fixed shapes",
    );
  },
);

test("Errors name what the importer does not support, and files that are not models", async () => {
  const strings = models.join("strings.onnx");
  const error = await failureOf(importOnnx(strings, { library: COMPILER }));
  assertEquals([error.code, error.detail], [
    "UNIMPLEMENTED",
    `'${strings}' cannot be imported: opset 17: 'x' has elements of type ` +
    "STRING, and not with opset 21",
  ]);
  const wrong = models.join("wrong.onnx");
  await Deno.writeTextFile(wrong, "not a model");
  const other = await failureOf(importOnnx(wrong, { library: COMPILER }));
  assertEquals(other.code, "INVALID_ARGUMENT");
  assertStringIncludes(other.detail, `'${wrong}' is not an ONNX model: `);
  const missing = await failureOf(
    importOnnx("nope.onnx", { library: COMPILER }),
  );
  assertEquals([missing.code, missing.detail], [
    "NOT_FOUND",
    "failed to open file 'nope.onnx'",
  ]);
  for (const opset of [0, 1.5, "17"]) {
    const refused = await failureOf(
      importOnnx(strings, { opset: opset as number }),
    );
    assertStringIncludes(refused.detail, "opset must be a positive integer");
  }
});

test("Without the Python package onnx, the error has the line that installs it", async () => {
  using folder = new TemporaryFolder();
  const python = folder.join("bin", "python3");
  const library = folder.join("lib/python3.11/site-packages/iree/compiler")
    .concat("/_mlir_libs/libIREECompiler.so");
  await Deno.mkdir(dirname(library), { recursive: true });
  await Deno.writeTextFile(library, "");
  await Deno.mkdir(dirname(python), { recursive: true });
  // Without the environment's packages.
  const text = `#!/bin/sh\nunset LD_PRELOAD\nexec ${tool("python3")} -S "$@"\n`;
  await Deno.writeTextFile(python, text, { mode: 0o755 });
  const path = models.join("names.onnx");
  const error = await failureOf(importOnnx(path, { library }));
  assertEquals([error.code, error.detail], [
    "NOT_FOUND",
    "no ONNX importer: No module named 'onnx'",
  ]);
  assertStringIncludes(
    error.hint ?? "",
    'pip install "iree-base-compiler[onnx]==',
  );
  await Deno.writeTextFile(python, "#!/bin/sh\necho broken >&2\nexit 3\n");
  const died = await failureOf(importOnnx(path, { library }));
  assertEquals([died.code, died.detail], [
    "UNAVAILABLE",
    `the importer of '${path}' ended without a result: broken`,
  ]);
});

test("An aborted import rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const work = importOnnx(models.join("names.onnx"), {
    library: COMPILER,
    signal: controller.signal,
  }).then(() => undefined, (error) => error);
  controller.abort(new Error("enough"));
  assertEquals((await work).message, "enough");
});

testWithImporter(
  "A model is compiled once, and the cache follows its contents",
  async () => {
    using folder = new TemporaryFolder();
    const path = folder.join("m.onnx");
    await Deno.copyFile(models.join("names.onnx"), path);
    // Contents of this test's own.
    const name = crypto.randomUUID();
    const { target, library } = options;
    const flags = [`--iree-hal-dump-executable-files-to=${folder.join(name)}`];
    const compile = () => compileProgram(path, { target, library, flags });
    assertEquals((await compile()).isCached, false);
    const again = await compile();
    assertEquals(again.isCached, true);
    await Deno.copyFile(models.join("types.onnx"), path);
    const changed = await compile();
    assertEquals(changed.isCached, false);
    for (const { path } of [again, changed]) {
      if (path === undefined) continue;
      await Deno.remove(path);
      await Deno.remove(path.replace(/vmfb$/, "json"));
    }
  },
);

testWithImporter(
  "loadModel, iree run and iree compile accept models",
  async () => {
    const path = models.join("names.onnx");
    {
      using loaded = await loadModel(path, { compile: options });
      const { 463: unknown } = await loaded.run({
        [NAMES[0]!]: [[1, 2, 3, 4]],
        463: 1,
      });
      assertEquals(unknown, undefined);
    }
    const run = await ireeOfSources(["run", path, "1x4xf32=1 2 3 4", "f32=3"]);
    assertEquals([run.code, run.stderr], [0, ""]);
    assertStringIncludes(run.stdout, "EXEC @main graph\n");
    assertStringIncludes(run.stdout, "1x4xf32=[3 6 9 12]\n");
    using folder = new TemporaryFolder();
    const output = folder.join("m.vmfb");
    const made = await ireeOfSources(["compile", path, "-o", output]);
    assertEquals(made.code, 0);
    assert((await Deno.stat(output)).size > 1000);
    const url = await failureOf(
      compileProgram(new URL("http://localhost/m.onnx"), options),
    );
    assertStringIncludes(url.detail, "an ONNX model must be a file");
  },
);

testWithImporter(
  "iree import writes MLIR next to the model, or to stdout",
  async () => {
    const path = models.join("names.onnx");
    const { code, stdout } = await ireeOfSources(["import", path]);
    const output = join(models.path, "names.mlir");
    assertEquals(code, 0);
    assertStringIncludes(stdout, `${output}: `);
    const text = await Deno.readTextFile(output);
    assertStringIncludes(text, "iree.abi.declaration");
    const piped = await ireeOfSources([
      "import",
      path,
      "-o",
      "-",
      "--opset-version=18",
    ]);
    assertStringIncludes(piped.stdout, "torch.onnx_meta.opset_version = 18");
    for (
      const [args, problem] of [
        [[], "no FILE to import"],
        [[path, "other"], "unexpected argument 'other'"],
        [[path, "--opset-version=x"], "--opset-version must be a positive"],
        [[path, "-o", "-", "--externalize-params"], "needs a file: -o OUT"],
        [[path, "-o"], "-o needs a value"],
      ] as const
    ) {
      const wrong = await ireeOfSources(["import", ...args]);
      assertEquals(wrong.code, 2);
      assertStringIncludes(wrong.stderr, problem);
    }
  },
);
