import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BufferView,
  Device,
  Instance,
  IreeError,
  load,
  type VmFunction,
} from "../../mod.ts";
import { parseTensor } from "../../lib/tooling/mod.ts";
import { call, runBoth } from "../cli/peer.ts";
import { failureOf, program, test } from "../support.ts";

const fixed = await program("mul_into.mlir");
const dynamic = await program("mul_into_dynamic.mlir");
const coarse = await program("mul_into.mlir", [
  "--iree-execution-model=async-external",
]);

const A = new Float32Array([1, 2, 3, 4]);
const B = new Float32Array([1, 2, 3, 5]);
const PRODUCT = [1, 4, 9, 20];

/** Storage that a 4xf32 fits. */
const LARGE_ENOUGH: readonly string[] = [
  "4xf32",
  "2x2xf32",
  "8xf32",
  "16xi8",
  "17xi8",
  "2x4xf16",
  "2xf64",
];

/** Storage that is too small for it. */
const TOO_SMALL: readonly string[] = ["1xf32", "0xf32", "15xi8", "4xf16"];

/** The first four numbers of any type; some programs return the storage. */
function readFloats(view: BufferView): number[] {
  return [...new Float32Array(view.toTypedArray().buffer, 0, 4)];
}

for (const [kind, path] of Object.entries({ fixed, dynamic, coarse })) {
  for (const uri of ["local-sync", "local-task"]) {
    const withStorage = async (
      types: readonly string[],
      body: (multiply: VmFunction, storage: BufferView) => Promise<void>,
    ) => {
      using instance = Instance.open();
      using device = Device.create(instance, uri);
      using loaded = load({ modules: [path], device });
      for (const type of types) {
        using storage = parseTensor(device, type);
        await body(loaded.lookupFunction("mul_into"), storage);
      }
    };

    test(`A result fits any storage that is large enough: ${kind} on ${uri}`, async () => {
      await withStorage(LARGE_ENOUGH, async (multiply, storage) => {
        {
          using result = multiply.call(A, B, storage) as BufferView;
          assertEquals(readFloats(result), PRODUCT);
          assertEquals(readFloats(storage), PRODUCT);
        }
        using bound = multiply.bind(A, A, storage);
        using squares = bound.call() as BufferView;
        assertEquals(readFloats(squares), [1, 4, 9, 16]);
        const last = await multiply.callAsync(A, B, storage);
        using result = last as BufferView;
        assertEquals(readFloats(result), PRODUCT);
      });
    });

    test(`Storage that is too small fails: ${kind} on ${uri}`, async () => {
      await withStorage(TOO_SMALL, async (multiply, storage) => {
        const { byteLength } = storage;
        const words = `${byteLength} less than expected minimum 16`;
        assertThrows(() => multiply.call(A, B, storage), IreeError, words);
        const error = await failureOf(multiply.callAsync(A, B, storage));
        assertStringIncludes(error.message, words);
      });
    });
  }
}

test("An ordinary input of another type or shape is still rejected", async () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using loaded = load({ modules: [fixed], device });
  using storage = BufferView.from(device, new Float32Array(4));
  for (const data of [new Float32Array(8), new Int8Array(16)]) {
    using view = BufferView.from(device, data);
    for (const inputs of [[view, B, storage], [A, view, storage]]) {
      assertThrows(() => loaded.call("mul_into", ...inputs), IreeError, "mism");
      const error = await failureOf(loaded.callAsync("mul_into", ...inputs));
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
  }
});

test("iree run accepts the same storage as iree-run-module", async () => {
  const inputs = ["4xf32=1 2 3 4", "4xf32=1 2 3 5"];
  for (const storage of ["2x2xf32", "8xf32", "16xi8", "8xf16"]) {
    const { theirs, ours } = await runBoth(
      call([fixed], "mul_into", ...inputs, storage),
    );
    assertEquals(ours, theirs, storage);
    assertEquals(ours.code, 0);
  }
  const { theirs, ours } = await runBoth(
    call([fixed], "mul_into", ...inputs, "15xi8"),
  );
  for (const { code, stderr } of [theirs, ours]) {
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "byte length 15 less than expected minimum 16",
    );
  }
});
