import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Argument, IreeError, load } from "../../mod.ts";
import type { FlatArgument } from "../../lib/program/types.ts";
import { program, test } from "../support.ts";

const mul = await program("mul_into.mlir");
const shapes = await program("shapes.mlir");
const signatures = await program("signatures.mlir");

test("null as a tensor is rejected with its number, name and type", async () => {
  using loaded = load({ modules: [shapes, mul], device: "local-sync" });
  const found = loaded.lookupFunction("mul_into");
  const there = new Float32Array(4);
  const values: Argument[] = [there, null, there];
  const words = "argument 1 of 'mul_into': input1 must be a tensor 4xf32, " +
    "got null";
  for (
    const call of [
      () => found.call(...values),
      () => found.compute(...values),
      () => found.with({ into: [there] }).compute(...values),
      () => found.bind(...values as FlatArgument[]),
    ]
  ) {
    const error = assertThrows(call, IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertEquals(error.detail, words);
    assertStringIncludes(error.hint ?? "", "the function is declared as");
  }
  for (const call of [found.callAsync, found.computeAsync]) {
    const error = await call.apply(found, values)
      .then(() => undefined, (error) => error);
    assertStringIncludes(String(error), words);
  }
});

test("null as result storage is rejected like a null tensor", () => {
  using loaded = load({ modules: [mul], device: "local-sync" });
  const there = new Float32Array(4);
  assertThrows(
    () => loaded.call("mul_into", there, there, null),
    IreeError,
    "argument 2 of 'mul_into': input2 must be a tensor 4xf32, got null",
  );
});

test("null is accepted where a function declares an object", () => {
  using loaded = load({ modules: [signatures], device: "local-sync" });
  assertEquals(loaded.call("objects", null, null, null), null);
});
