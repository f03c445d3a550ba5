import { assertEquals, assertThrows } from "@std/assert";
import { type BufferView, IreeError, load } from "../../mod.ts";
import { peer } from "../cli/peer.ts";
import { program, test } from "../support.ts";

const fences = await program("fences.mlir");
const withoutDevice = await program("fences_without_device.mlir");

for (const device of ["local-sync", "local-task"]) {
  test(`A function that signals a fence is called like any other, on ${device}`, () => {
    using loaded = load({ modules: [fences], device });
    const mul = loaded.lookupFunction("mul");
    assertEquals(mul.description.callingConvention, "0rrrr_r");
    assertEquals(mul.description.attributes["iree.abi.model"], "coarse-fences");
    assertEquals(mul.argumentTypes, ["ref", "ref"]);
    assertEquals(mul.signature?.model, "async");
    for (let round = 0; round < 20; round++) {
      using view = mul.call([1, 2, 3, round], [1, 2, 3, 4]) as BufferView;
      assertEquals(view.toNestedArray(), [1, 4, 9, 4 * round]);
    }
  });

  test(`Functions that signal fences accept each other's results, on ${device}`, () => {
    using loaded = load({ modules: [fences], device });
    const [once, twice] = loaded.call(
      "scale",
      [1, 2, 3, 4],
      0.5,
    ) as BufferView[];
    using a = once;
    using b = twice;
    using c = loaded.call("mul", a, b) as BufferView;
    assertEquals(c.toNestedArray(), [0.125, 0.5, 1.125, 2]);
  });

  test(`A failure before the fence is signaled throws, on ${device}`, async () => {
    using loaded = load({ modules: [fences], device });
    const call = (value: number) => loaded.call("require_positive", value);
    {
      using view = call(3) as BufferView;
      assertEquals(view.toNestedArray(), 3);
    }
    for (const value of [0, -1]) {
      const error = assertThrows(
        () => call(value),
        IreeError,
        "the number must be positive",
      );
      assertEquals(error.code, "FAILED_PRECONDITION");
    }
    using view = call(1) as BufferView;
    assertEquals(view.toNestedArray(), 1);
    const { code, stderr } = await peer([
      `--module=${fences}`,
      "--function=require_positive",
      `--device=${device}`,
      "--input=i32=-1",
    ]);
    assertEquals(code, 1);
    assertEquals(stderr.includes("FAILED_PRECONDITION; the number must"), true);
  });
}

test("Callers cannot pass the fences", () => {
  using loaded = load({ modules: [fences], device: "local-sync" });
  const data = new Float32Array(4);
  assertThrows(
    () => loaded.call("mul", data, data, null, null),
    IreeError,
    "expected 2 arguments but passed 4 to 'mul'",
  );
});

test("A program without a device has no fences", () => {
  using loaded = load({ modules: [withoutDevice] });
  const error = assertThrows(() => loaded.call("takes_objects"), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  assertEquals(
    error.detail,
    "a coarse-fences function needs a device, but the program does not use one",
  );
});

test("A function without fence arguments cannot use coarse-fences", () => {
  using loaded = load({ modules: [withoutDevice] });
  const error = assertThrows(
    () => loaded.lookupFunction("takes_numbers"),
    IreeError,
    "the last two arguments of a coarse-fences function must be fences, got `ii`",
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
});
