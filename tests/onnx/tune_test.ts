import { assert, assertEquals, assertMatch } from "@std/assert";
import { RECIPES, tuningOf } from "../../lib/tuning/mod.ts";
import { load } from "../../mod.ts";
import { ireeOfSources, TemporaryFolder } from "../support.ts";
import { testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const [X, FACTOR, Y] = [
  "onnx::Shape_422",
  "463",
  "save_infer_model/scale_0.tmp_1",
] as const;

/** Tunes a model in little time: only the default recipe is certain to run. */
async function tuneModel(
  folder: TemporaryFolder,
  ...flags: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await ireeOfSources([
    ...["compile", models.join("names.onnx"), "-o", "names.vmfb", "--tune"],
    ...["--tune-seconds=0.001", ...flags],
  ], { cwd: folder.path, env: { XDG_CACHE_HOME: folder.path } });
  assertEquals(code, 0, stderr);
  return stdout;
}

testWithImporter(
  "iree compile --tune of an ONNX model keeps its names, and load runs it on the chosen device",
  async () => {
    using folder = new TemporaryFolder();
    const printed = await tuneModel(folder, "--shape", `${X}=2x4`);
    assertMatch(printed, /^recipe +device +ms +±\ndefault +local-/);
    assertEquals(printed.split("\nskipped ").length, RECIPES.length);
    const path = folder.join("names.vmfb");
    const tuning = tuningOf(Deno.readFileSync(path));
    assert(tuning !== undefined);
    assertEquals(tuning.function, "main graph");
    assertEquals(tuning.choice, tuning.trials[0]);
    using program = load(path);
    assertEquals(program.devices.map(({ uri }) => uri), [tuning.choice.device]);
    assertEquals(
      program.inputs.map(({ name, shape }) => [name, shape]),
      [[X, [2, 4]], [FACTOR, []]],
    );
    const outputs = await program.run({
      [X]: [[1, 2, 3, 4], [5, 6, 7, 8]],
      [FACTOR]: 2,
    });
    assertEquals(outputs[Y], {
      elementType: "f32",
      shape: [2, 4],
      data: new Float32Array([2, 4, 6, 8, 10, 12, 14, 16]),
    });
  },
);

testWithImporter(
  "iree run of an ONNX model prefers its tuned program, also that of its shapes",
  async () => {
    const shape = `--shape=${X}=2x4`;
    const inputs = ["2x4xf32=3", "f32=2"];
    const given = inputs.map((it) => `--input=${it}`);
    for (const [tuneFlags, runFlags] of [[given, []], [[shape], [shape]]]) {
      using folder = new TemporaryFolder();
      await tuneModel(folder, ...tuneFlags);
      const programs = () =>
        [...Deno.readDirSync(folder.join("iree-deno/programs"))]
          .map(({ name }) => name).sort();
      const before = programs();
      const { code, stdout, stderr } = await ireeOfSources([
        ...["run", models.join("names.onnx"), ...inputs, ...runFlags],
      ], { cwd: folder.path, env: { XDG_CACHE_HOME: folder.path } });
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /2x4xf32=\[6 6 6 6\]\[6 6 6 6\]/);
      assertEquals(programs(), before);
    }
  },
);

Deno.test("iree run --shape needs an ONNX model", async () => {
  const { code, stderr } = await ireeOfSources([
    "run",
    "a.vmfb",
    "--shape=x=2x4",
  ]);
  assertEquals(code, 2);
  assertMatch(stderr, /--shape is for ONNX models, got a\.vmfb/);
});
