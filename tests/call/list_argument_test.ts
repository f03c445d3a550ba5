import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Argument, IreeError, List, load } from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";

const types = await nativeModule("fixtures/types_module.cc");
const manyTypes = await program("many_types.mlir");
const mul = await program("mul.mlir");

test("A plain array is accepted as a list in every way of calling", async () => {
  using loaded = load({ modules: [types, manyTypes] });
  const sum = loaded.lookupFunction("sum_list");
  const size = loaded.lookupFunction("list_size");
  assertEquals(sum.call([1.5, 2.5]), 4);
  assertEquals(sum.compute([1, 2n]), 3);
  assertEquals(size.call([]), 0);
  assertEquals(size.call([null, 1]), 2);
  assertEquals(await sum.callAsync([1, 2, 3]), 6);
  assertEquals(await sum.computeAsync([1, 2, 3]), 6);
  using bound = sum.bind([4, 5]);
  assertEquals([bound.call(), bound.call()], [9, 9]);
  using inner = List.from(loaded.context.instance, [1]);
  assertEquals(size.call([inner, inner, inner]), 3);
  assertEquals(inner.disposed, false);
});

test("An array that does not fit a list is rejected and leaves nothing behind", () => {
  using loaded = load({ modules: [types, manyTypes] });
  const size = loaded.lookupFunction("list_size");
  const error = assertThrows(
    () => size.call([1, "two"] as unknown as Argument),
    IreeError,
  );
  assertStringIncludes(error.detail, "element 1 must be a number");
  assertThrows(
    () => size.call([2n ** 64n]),
    IreeError,
    "element 0 must be i64",
  );
  assertEquals(size.call([1]), 1);
});

test("An array is rejected as an argument that is not a list", () => {
  using loaded = load({ modules: [types, manyTypes] });
  assertThrows(
    () => loaded.call("buffer_length", [1]),
    IreeError,
    "argument 0 of 'buffer_length'",
  );
  using other = load({ modules: [mul], device: "local-sync" });
  assertThrows(
    () => other.call("mul", [null] as unknown as Argument, [1]),
    IreeError,
    "argument 0 of 'mul': input0",
  );
});
