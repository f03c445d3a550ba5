import { assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path";
import { loadModel } from "../../lib/compiler/mod.ts";
import { failureOf, program, TemporaryFolder, test } from "../support.ts";
import { COMPILER, fixture, TWICE } from "./support.ts";

const compile = { library: COMPILER, cache: false };

test("loadModel compiles and loads MLIR by path and URL", async () => {
  const path = fixture("mul.mlir");
  for (const source of [path, toFileUrl(path), toFileUrl(path).href]) {
    using model = await loadModel(source, { device: "local-sync", compile });
    assertEquals(
      model.lookupFunction("mul").compute(
        new Float32Array([1, 2, 3, 4]),
        new Float32Array([2, 2, 2, 2]),
      ),
      new Float32Array([2, 4, 6, 8]),
    );
  }
});

test("loadModel compiles for the device's driver, or the target that is passed", async () => {
  const path = fixture("mul.mlir");
  const error = await failureOf(
    loadModel(path, {
      device: "local-sync",
      compile: { ...compile, target: "vulkan" },
    }),
  );
  assertEquals(
    error.message.split(";")[0],
    "INCOMPATIBLE: 'mul' is compiled for vulkan",
  );
  const flags = ["--iree-hal-target-backends=vmvx"];
  using model = await loadModel(path, {
    device: "local-sync",
    compile: { ...compile, flags },
  });
  assertEquals(model.functionNames, ["mul"]);
});

test("loadModel loads a compiled program without a compiler", async () => {
  const library = "/no/such/compiler";
  using model = await loadModel(await program("mul.mlir"), {
    compile: { library },
  });
  assertEquals(model.functionNames, ["mul"]);
});

test("loadModel rejects with the compiler's error and the signal's reason", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("wrong.mlir");
  await Deno.writeTextFile(path, TWICE.replace("%x, %x", "%x, %nope"));
  assertEquals(
    (await failureOf(loadModel(path, { compile }))).detail.split("\n")[0],
    `'${path}' does not compile:`,
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => loadModel(fixture("mul.mlir"), { compile, signal }),
    Error,
    "enough",
  );
});
