import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DEFAULT_RECIPE, type Recipe, tune } from "../../lib/tuning/mod.ts";
import { COMPILER, fixture, SLOW } from "../compiler/support.ts";
import { failureOf, test, unsanitized } from "../support.ts";
import { CRASHING, CRASHING_LATER } from "./crashing.ts";

const OPTIONS = { library: COMPILER, cache: false } as const;

function recipe(name: string, ...flags: string[]): Recipe {
  return { name, flags, reason: "a test" };
}

unsanitized(
  "tune skips a recipe that the compiler rejects, and says why",
  async () => {
    const { tuning } = await tune(fixture("mul.mlir"), {
      ...OPTIONS,
      recipes: [recipe("wrong", "--no-such-flag")],
    });
    assertEquals(tuning.skipped.map(({ recipe }) => recipe), ["wrong"]);
    assertMatch(tuning.skipped[0].reason, /^does not compile: .*no-such-flag/);
    assertEquals(tuning.choice.recipe, "default");
    assertEquals(tuning.flags, []);
  },
);

test("tune skips a recipe that computes different results", async () => {
  // By default f64 becomes f32; the other recipe keeps it.
  const source = `func.func @third(%x: tensor<4xf64>) -> tensor<4xf64> {
    %three = arith.constant dense<3.0> : tensor<4xf64>
    %y = arith.divf %x, %three : tensor<4xf64>
    return %y : tensor<4xf64>
  }`;
  const { tuning } = await tune(source, {
    ...OPTIONS,
    inputs: [[1, 2, 3, 4]],
    recipes: [recipe("f64", "--iree-input-demote-f64-to-f32=false")],
    tolerance: 1e-12,
  });
  assertEquals(tuning.skipped.map(({ recipe }) => recipe), ["f64"]);
  assertMatch(tuning.skipped[0].reason, /^result 0 differs by/);
});

unsanitized("tune skips a recipe whose program crashes", async () => {
  const { tuning } = await tune(CRASHING, {
    ...OPTIONS,
    inputs: [[1, 2, 3, 4], [65535, 65535, 65535, 65535]],
    recipes: [recipe("narrow", "--iree-input-demote-i64-to-i32")],
  });
  assertEquals(tuning.choice.recipe, "default");
  assertEquals(tuning.skipped, [
    { recipe: "narrow", reason: "crashes when it is called (SIGSEGV)" },
  ]);
  const error = await failureOf(
    tune(CRASHING, {
      ...OPTIONS,
      recipes: [],
      inputs: [[1, 2, 3, 4], [1, 1, 1, 30000]],
    }),
  );
  assertEquals(error.code, "INTERNAL");
  assertEquals(
    error.detail,
    "the program crashes when it is called (SIGSEGV)",
  );
});

unsanitized(
  "tune skips a recipe that crashes while it is measured",
  async () => {
    const other = recipe("other", "--iree-opt-level=O3");
    const { tuning } = await tune(CRASHING_LATER, {
      ...OPTIONS,
      inputs: [[1, 2, 3, 4]],
      recipes: [recipe("narrow", "--iree-input-demote-i64-to-i32"), other],
    });
    assertEquals(
      tuning.skipped.filter(({ reason }) =>
        !reason.startsWith("makes the same")
      ),
      [{ recipe: "narrow", reason: "crashes when it is called (SIGSEGV)" }],
    );
    assert(tuning.choice.rounds > 1);
    assertEquals(
      tuning.trials.filter(({ recipe }) => recipe === "narrow"),
      [],
    );
  },
);

test("tune reports why the default recipe does not run, with its code", async () => {
  const error = await failureOf(
    tune(fixture("mul.mlir"), {
      ...OPTIONS,
      recipes: [],
      inputs: [new Float32Array(4), new Float32Array(3)],
    }),
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertMatch(error.detail, /^argument 1 of 'mul': /);
});

test("tune skips recipes that compile for too long", async () => {
  const { tuning } = await tune(SLOW, {
    ...OPTIONS,
    function: "f1",
    recipes: [recipe("slow", "--iree-opt-level=O3")],
    compileSeconds: 0.001,
  });
  assertEquals(tuning.skipped, [
    { recipe: "slow", reason: "compiles for longer than 0.001 s" },
  ]);
});

test("tune without time measures the default recipe once", async () => {
  const { tuning } = await tune(fixture("mul.mlir"), {
    ...OPTIONS,
    recipes: [DEFAULT_RECIPE, recipe("other", "--iree-opt-level=O3")],
    seconds: 0,
  });
  assertEquals(tuning.skipped, [{ recipe: "other", reason: "no time left" }]);
  assertEquals(tuning.choice.recipe, "default");
  assertEquals(tuning.choice.rounds, 1);
});

test("tune needs a function's name if there are several", async () => {
  const error = await failureOf(tune(SLOW, { ...OPTIONS, recipes: [] }));
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertMatch(
    error.detail,
    /^function must be given: the program has 4 functions/,
  );
  assertMatch(error.hint ?? "", /f0, f1, f2, f3/);
});

test("tune needs inputs for dynamic shapes, and uses them", async () => {
  const source = `func.func @twice(%x: tensor<?xf32>) -> tensor<?xf32> {
    %y = arith.addf %x, %x : tensor<?xf32>
    return %y : tensor<?xf32>
  }`;
  const options = { ...OPTIONS, recipes: [] };
  const error = await failureOf(tune(source, options));
  assertEquals(
    error.detail,
    "input 0 of 'twice' (tensor<?xf32>) has no fixed shape; inputs must be given",
  );
  const inputs = [new Float32Array(3)];
  const { tuning } = await tune(source, { ...options, inputs });
  assertEquals(tuning.choice.recipe, "default");
});

test("tune rejects targets that are not a CPU, and wrong options", async () => {
  const cases: [object, RegExp][] = [
    [{ target: "vulkan" }, /a CPU of this machine.*got vulkan-spirv/],
    [
      { flags: ["--iree-vm-emit-polyglot-zip=false"] },
      /archive for tuning, got --iree-vm/,
    ],
    [{ seconds: -1 }, /seconds must be a number from 0, got the number -1/],
    [{ workers: 0 }, /workers must be a positive integer, got the number 0/],
    [{ workers: 1.5 }, /workers must be a positive integer/],
    [{ inputs: 3 }, /inputs must be an array or a function, got the number 3/],
    [{ recipes: [{}] }, /a recipe must be a name and flags/],
    [{ isolate: false }, /options must be among .*got 'isolate'/],
  ];
  for (const [options, message] of cases) {
    const error = await failureOf(tune("nothing.mlir", options));
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.detail, message);
  }
});

test("tune stops when it is aborted, at each step", async () => {
  for (const step of ["begin", "recipe", "round"]) {
    const controller = new AbortController();
    const reason = new Error(`aborted at ${step}`);
    await assertRejects(
      () =>
        tune(fixture("mul.mlir"), {
          ...OPTIONS,
          recipes: [recipe("other", "--iree-opt-level=O3")],
          signal: controller.signal,
          onProgress: (progress) => {
            if (progress.step === step) controller.abort(reason);
          },
        }),
      Error,
      reason.message,
    );
  }
});
