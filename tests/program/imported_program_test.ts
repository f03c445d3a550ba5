import { assertEquals, assertStringIncludes } from "@std/assert";
import { type BufferView, load } from "../../mod.ts";
import { iree, mustRun, program, test, tool } from "../support.ts";

const imported = await program("imported.mlir");

test("An imported model is called by name, synchronously and asynchronously", async () => {
  using loaded = load({ modules: [imported], device: "local-task" });
  const names = loaded.mainModule.exports.map(({ name }) => name);
  assertEquals(names.includes("scale"), true);
  assertEquals(names.includes("scale$async"), true);
  assertEquals(Object.keys(loaded).includes("scale$async"), false);

  const scale = loaded.lookupFunction("scale");
  assertEquals(scale.signature, undefined);
  assertEquals(scale.isSubmittable, true);
  const x = {
    elementType: "f32",
    shape: [4],
    data: new Float32Array([1, 2, 3, 4]),
  } as const;
  const factor = {
    elementType: "f32",
    shape: [],
    data: new Float32Array([2]),
  } as const;
  using now = scale.call(x, factor) as BufferView;
  assertEquals(now.format(), "4xf32=2 4 6 8");
  using later = await scale.callAsync(x, factor) as BufferView;
  assertEquals(later.format(), "4xf32=2 4 6 8");
});

test("iree run calls the only function of an imported model, as iree-run-module does", async () => {
  const args = [
    `--module=${imported}`,
    "--input=4xf32=1 2 3 4",
    "--input=f32=2",
  ];
  const ours = await iree(["run", ...args]);
  assertEquals(ours.stdout, await mustRun(tool("iree-run-module"), args));
  assertStringIncludes(ours.stdout, "EXEC @scale\n");
  assertStringIncludes(ours.stdout, "4xf32=2 4 6 8");
});
