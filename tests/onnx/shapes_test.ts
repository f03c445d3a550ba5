import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileProgram, importOnnx } from "../../lib/compiler/mod.ts";
import { load } from "../../mod.ts";
import { failureOf, ireeOfSources, test } from "../support.ts";
import { COMPILER, testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const options = { library: COMPILER, cache: false, target: "generic" };
const X = "onnx::Shape_422";
const NAMES = models.join("names.onnx");

testWithImporter(
  "shapes fix dynamic dimensions, and those of the same name",
  async () => {
    const messages: string[] = [];
    const { bytes } = await compileProgram(NAMES, {
      ...options,
      shapes: { [X]: [3, null] },
      onDiagnostic: ({ message }) => messages.push(message),
    });
    using program = load(bytes);
    assertEquals(program.inputs.map(({ shape }) => shape), [[3, 4], []]);
    assertEquals(program.outputs.map(({ shape }) => shape), [[3, 4], [3, 4]]);
    assertEquals(messages, []);
  },
);

testWithImporter(
  "A model with dynamic shapes says so, and that fixed ones are faster",
  async () => {
    const { dynamic } = await importOnnx(NAMES, { library: COMPILER });
    assertEquals(dynamic, { [X]: "?x4" });
    const { stderr } = await ireeOfSources(["import", NAMES, "-o", "-"]);
    assertEquals(
      stderr.split("\n")[0],
      `remark: dynamic inputs: ${X}=?x4; programs of fixed shapes are faster: ` +
        "pass --shape, or the option shapes",
    );
    const fixed = await ireeOfSources([
      "import",
      NAMES,
      "-o",
      "-",
      "--shape",
      `${X}=2x4`,
    ]);
    assertMatch(fixed.stderr, /^-: \d/);
    assertStringIncludes(fixed.stdout, "tensor<2x4xf32>");
  },
);

testWithImporter(
  "Wrong shapes are refused with the inputs' names",
  async () => {
    const inputs = `inputs: ${X}=?x4, 463=()`;
    for (
      const [shapes, problem] of [
        [{ y: [1] }, `no input 'y'; ${inputs}`],
        [{ [X]: [3] }, `the shape of input '${X}' must be ?x4, got 3`],
        [{ [X]: [3, 5] }, `the shape of input '${X}' must be ?x4, got 3x5`],
        [{ [X]: [] }, `the shape of input '${X}' must be ?x4, got ()`],
      ] as [Record<string, number[]>, string][]
    ) {
      const error = await failureOf(
        importOnnx(NAMES, { library: COMPILER, shapes }),
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertEquals(error.detail, `'${NAMES}': ${problem}`);
    }
  },
);

test("shapes and --shape must be names with sizes", async () => {
  for (
    const [shapes, problem] of [
      [3, "shapes must be an object"],
      [[1], "shapes must be an object"],
      [
        { x: 3 },
        "shapes['x'] must be an array of sizes and null, got the number 3",
      ],
      [
        { x: [1.5] },
        "shapes['x'] must be an array of sizes and null, got the number 1.5",
      ],
      [
        { x: [-1] },
        "shapes['x'] must be an array of sizes and null, got the number -1",
      ],
    ]
  ) {
    for (const source of [NAMES, "func.func @f() { return }"]) {
      const error = await failureOf(
        compileProgram(source, { ...options, shapes: shapes as never }),
      );
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertStringIncludes(error.detail, problem as string);
    }
  }
  const mlir = await failureOf(
    compileProgram("func.func @f() { return }", {
      ...options,
      shapes: { x: [1] },
    }),
  );
  assertEquals(
    mlir.detail,
    "shapes must be those of an ONNX model, got 'source.mlir'",
  );
  for (const command of ["compile", "import"]) {
    for (const shape of ["", "x", "1x3", "=1", "x=1x", "x=ax3", "x=1,3"]) {
      const { code, stderr } = await ireeOfSources([
        command,
        NAMES,
        `--shape=${shape}`,
      ]);
      assertEquals(code, 2);
      assertStringIncludes(
        stderr,
        `--shape must be NAME=SHAPE, such as x=1x3x320x320, got '${shape}'`,
      );
    }
    const { code, stderr } = await ireeOfSources([command, NAMES, "--shape"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--shape needs a value: --shape NAME=SHAPE");
  }
});
