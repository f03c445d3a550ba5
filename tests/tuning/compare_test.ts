import { assertEquals, assertMatch } from "@std/assert";
import {
  findDifference,
  type KeptResult,
} from "../../lib/tuning/compare_results.ts";

function floats(...numbers: number[]): KeptResult {
  const data = new Float32Array(numbers);
  return { elementType: "f32", shape: [numbers.length], data };
}

function integers(...numbers: number[]): KeptResult {
  const data = new Int32Array(numbers);
  return { elementType: "i32", shape: [numbers.length], data };
}

function brains(...numbers: number[]): KeptResult {
  const bits = new Uint32Array(new Float32Array(numbers).buffer);
  const data = Uint16Array.from(bits, (it) => it >>> 16);
  return { elementType: "bf16", shape: [numbers.length], data };
}

function compare(
  expected: KeptResult,
  actual: KeptResult,
  tolerance = 0.01,
): string | undefined {
  return findDifference([expected], [actual], tolerance);
}

Deno.test("Floats may differ by a part of the largest one", () => {
  assertEquals(compare(floats(100, 0), floats(100, 0.9)), undefined);
  assertEquals(
    compare(floats(100, 0), floats(100, 1.5)),
    "result 0 differs by 1.5 from the default recipe; its largest number is 1.0e+2",
  );
  assertEquals(compare(floats(-100, 1), floats(-100.5, 1)), undefined);
  assertMatch(compare(floats(1, 2), floats(1, 2.1))!, /differs by 0\.10 /);
  assertEquals(compare(floats(1, 2), floats(1, 2), 0), undefined);
  assertMatch(compare(floats(0, 0), floats(0, 1e-30))!, /differs by 1\.0e-30/);
  assertEquals(compare(floats(), floats()), undefined);
});

Deno.test("Other floats are compared by their type", () => {
  assertEquals(compare(brains(100, 1), brains(100, 1.5)), undefined);
  assertMatch(compare(brains(100, 1), brains(100, 4))!, /differs by 3\.0/);
  const halves = (...numbers: number[]): KeptResult => (
    { elementType: "f16", shape: [2], data: new Float16Array(numbers) }
  );
  assertEquals(compare(halves(100, 1), halves(100, 1.5)), undefined);
  assertMatch(compare(halves(1, 1), halves(1, 2))!, /differs by 1\.0/);
});

Deno.test("NaN equals NaN, and infinities those of the same sign", () => {
  const odd = floats(NaN, Infinity, -Infinity, 1);
  assertEquals(compare(odd, floats(NaN, Infinity, -Infinity, 1)), undefined);
  for (
    const [actual, text] of [
      [
        floats(1, Infinity, -Infinity, 1),
        "has 1 where the default recipe has NaN",
      ],
      [
        floats(NaN, 1, -Infinity, 1),
        "has 1 where the default recipe has Infinity",
      ],
      [
        floats(NaN, Infinity, Infinity, 1),
        "has Infinity where the default recipe has -Infinity",
      ],
      [
        floats(NaN, Infinity, -Infinity, NaN),
        "has NaN where the default recipe has 1",
      ],
    ] as const
  ) {
    assertEquals(compare(odd, actual), `result 0 ${text}`);
  }
  // They do not make the tolerance larger.
  assertMatch(
    compare(floats(Infinity, 1), floats(Infinity, 2))!,
    /differs by 1\.0 .* largest number is 1\.0/,
  );
});

Deno.test("Integers must be equal", () => {
  assertEquals(compare(integers(1, 1000), integers(1, 1000)), undefined);
  assertEquals(
    compare(integers(1, 1000), integers(1, 1001)),
    "result 0 differs",
  );
  assertEquals(compare(1000, 1001), "result 0 differs");
  assertEquals(compare(5n, 5n), undefined);
  assertEquals(compare(5n, 6n), "result 0 differs");
});

Deno.test("Numbers that are not integers have the tolerance", () => {
  assertEquals(compare(1.5, 1.505), undefined);
  assertMatch(compare(1.5, 1.6)!, /differs by 0\.10/);
  assertEquals(compare(NaN, NaN), undefined);
  assertEquals(
    compare(NaN, 1.5),
    "result 0 has 1.5 where the default recipe has NaN",
  );
});

Deno.test("Shapes must be equal, and the first difference is said", () => {
  assertEquals(
    compare(floats(1, 2), floats(1)),
    "result 0 has the shape 1 instead of 2",
  );
  assertMatch(
    findDifference(
      [floats(1), integers(1), integers(2)],
      [floats(1), integers(2), integers(3)],
      0.01,
    )!,
    /^result 1 differs$/,
  );
});
