import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Instance, IreeError, ParameterIndex, runtime } from "../../mod.ts";
import { TemporaryFolder, test } from "../support.ts";
import { bytesOf, gguf, safetensors } from "./parameter_files.ts";

function refused(work: () => unknown, code: string, words: string): IreeError {
  const error = assertThrows(work, IreeError);
  assertEquals(error.code, code);
  assertStringIncludes(error.message, words);
  return error;
}

test("ParameterIndex lists its entries as data", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("weights.safetensors");
  Deno.writeFileSync(path, safetensors({ "a": [1, 2], "b": [3] }));
  using instance = Instance.open();
  using index = ParameterIndex.fromFile(instance, path);
  index.addData("c", new Int16Array([1, 2, 3]), {
    metadata: new Uint8Array([9, 8]),
  });
  index.addSplat("d", 12, new Uint8Array([1, 2]));
  const none = new Uint8Array();
  const offset = Deno.statSync(path).size - 12;
  assertEquals(index.entries, [
    { key: "a", byteLength: 8, metadata: none, storage: "file", path, offset },
    {
      key: "b",
      byteLength: 4,
      metadata: none,
      storage: "file",
      path,
      offset: offset + 8,
    },
    {
      key: "c",
      byteLength: 6,
      metadata: new Uint8Array([9, 8]),
      storage: "file",
      offset: 0,
    },
    {
      key: "d",
      byteLength: 12,
      metadata: none,
      storage: "splat",
      pattern: new Uint8Array([1, 2]),
    },
  ]);
  assertEquals(index.lookup("c").byteLength, 6);
  assertEquals([index.has("d"), index.has("e")], [true, false]);
});

test("ParameterIndex.read returns contents wherever they are", () => {
  using folder = new TemporaryFolder();
  const files = {
    "a.safetensors": safetensors({ "a": [1, 2, 3] }),
    "b.gguf": gguf({
      "b": {
        type: 0,
        shape: [3],
        contents: bytesOf(new Float32Array([4, 5, 6])),
      },
    }),
  };
  for (const [name, bytes] of Object.entries(files)) {
    Deno.writeFileSync(folder.join(name), bytes);
  }
  using instance = Instance.open();
  for (const mode of ["file", "preload", "mmap"] as const) {
    using index = ParameterIndex.create(instance);
    for (const name of Object.keys(files)) {
      index.addFile(folder.join(name), { mode });
    }
    index.addData("c", new Float32Array([7, 8, 9]));
    index.addSplat("d", 12, new Float32Array([10]));
    const floats = index.entries.map(({ key }) =>
      Array.from(new Float32Array(index.read(key).buffer))
    );
    assertEquals(floats, [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 10, 10]], mode);
    for (const { key } of index.entries) {
      const whole = index.read(key);
      assertEquals(
        index.read(key, { offset: 3, length: 6 }),
        whole.slice(3, 9),
        key,
      );
      assertEquals(index.read(key, { offset: 5 }), whole.slice(5), key);
      assertEquals(index.read(key, { offset: 12 }), new Uint8Array(), key);
      refused(
        () => index.read(key, { offset: 8, length: 5 }),
        "OUT_OF_RANGE",
        `'${key}' has 12 bytes; 5 from byte 8`,
      );
      refused(() => index.read(key, { offset: 13 }), "OUT_OF_RANGE", "13");
      refused(() => index.read(key, { length: -1 }), "INVALID_ARGUMENT", "-1");
      refused(
        () => index.read(key, { offset: 0.5 }),
        "INVALID_ARGUMENT",
        "offset must be a non-negative integer",
      );
    }
  }
});

test("ParameterIndex.addData copies into native memory once, and counts it", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const size = 1_000_000;
  const data = new Uint8Array(size).fill(7);
  const before = runtime.statistics.liveBytes;
  index.addData("data", data);
  const added = runtime.statistics.liveBytes - before;
  assert(added >= size && added < 1.1 * size, `${added} bytes`);
  data.fill(1);
  assertEquals(index.read("data", { length: 2 }), new Uint8Array([7, 7]));
  using other = ParameterIndex.create(instance);
  other.addFrom(index, "data", "shared");
  const shared = runtime.statistics.liveBytes - before - added;
  assert(shared < 1000, `${shared} bytes for a shared parameter`);
  index.dispose();
  assertEquals(other.read("shared", { offset: size - 1 }), new Uint8Array([7]));
});

test("ParameterIndex.addData accepts every kind of array as its bytes", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const { buffer } = new Uint16Array([1, 2, 3, 4]);
  const arrays = {
    "u16": new Uint16Array(buffer, 2, 2),
    "view": new DataView(buffer, 2, 4),
    "f64": new Float64Array([0.5]),
    "i64": new BigInt64Array([-1n]),
    "f16": new Float16Array([1.5]),
    "empty": new Uint8Array(),
  };
  for (const [key, array] of Object.entries(arrays)) {
    index.addData(key, array);
    assertEquals(index.read(key), bytesOf(array), key);
  }
  index.addData("buffer", buffer);
  assertEquals(index.read("buffer"), new Uint8Array(buffer));
  refused(
    () => index.addData("no", [1, 2] as never),
    "INVALID_ARGUMENT",
    "data must be a typed array",
  );
});

test("ParameterIndex.addSplat accepts patterns of 1 to 16 bytes that fit", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  for (const length of [1, 2, 4, 8, 16]) {
    const pattern = Uint8Array.from({ length }, (_, i) => 3 * i + 1);
    index.addSplat(`${length}`, 48, pattern);
    assertEquals(
      index.read(`${length}`),
      Uint8Array.from({ length: 48 }, (_, i) => pattern[i % length]),
    );
  }
  for (const length of [0, 3, 17, 32]) {
    refused(
      () => index.addSplat("no", 96, new Uint8Array(length)),
      "INVALID_ARGUMENT",
      "must have 1, 2, 4, 8 or 16 bytes",
    );
  }
  refused(
    () => index.addSplat("no", 10, new Uint8Array(4)),
    "INVALID_ARGUMENT",
    "must have 1, 2, 4, 8 or 16 bytes and divide",
  );
  for (const byteLength of [-4, 1.5, NaN, 2 ** 53]) {
    refused(
      () => index.addSplat("no", byteLength, new Uint8Array(1)),
      "INVALID_ARGUMENT",
      "byteLength must be a non-negative integer",
    );
  }
});

test("ParameterIndex rejects a duplicate key and adds nothing", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("weights.safetensors");
  Deno.writeFileSync(path, safetensors({ "a": [1], "b": [2] }));
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addSplat("b", 4, new Uint8Array(1));
  const code = "ALREADY_EXISTS";
  refused(() => index.addFile(path), code, `parameter 'b' of '${path}'`);
  refused(() => index.addData("b", new Uint8Array()), code, "'b'");
  refused(() => index.addSplat("b", 0, new Uint8Array(1)), code, "'b'");
  refused(() => index.addFrom(index, "b"), code, "'b'");
  assertEquals(index.entries.length, 1);
});

test("ParameterIndex.lookup's error lists the existing keys", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  refused(() => index.lookup("x"), "NOT_FOUND", "it has no parameters");
  for (let i = 0; i < 12; i++) index.addSplat(`k${i}`, 4, new Uint8Array(1));
  const error = refused(() => index.lookup("x"), "NOT_FOUND", "key 'x'");
  assertStringIncludes(error.message, "k0, k1, k2");
  assertStringIncludes(error.message, "k9 and 2 more");
  refused(() => index.read("x"), "NOT_FOUND", "key 'x'");
  refused(() => index.addFrom(index, "x", "y"), "NOT_FOUND", "key 'x'");
});

test("A disposed ParameterIndex throws", () => {
  using instance = Instance.open();
  const index = ParameterIndex.create(instance);
  index.dispose();
  for (
    const work of [
      () => index.entries,
      () => index.has("a"),
      () => index.lookup("a"),
      () => index.read("a"),
      () => index.addFile("a.irpa"),
      () => index.addData("a", new Uint8Array()),
      () => index.addSplat("a", 1, new Uint8Array(1)),
      () => index.writeArchive("a.irpa"),
    ]
  ) {
    refused(work, "FAILED_PRECONDITION", "this ParameterIndex was disposed");
  }
});

test("ParameterIndex keeps keys and metadata unchanged", () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const keys = ["", "ключ", "a=b::c", "__proto__", "x".repeat(5000), "\0"];
  const metadata = new Uint8Array([0, 255]);
  for (const key of keys) index.addData(key, new Uint8Array(1), { metadata });
  metadata.fill(5);
  assertEquals(index.entries.map(({ key }) => key), keys);
  assertEquals(index.lookup("__proto__").metadata, new Uint8Array([0, 255]));
  refused(
    () => index.addData("\ud800", new Uint8Array(1)),
    "INVALID_ARGUMENT",
    "surrogate",
  );
  refused(
    () => index.addData(5 as never, new Uint8Array(1)),
    "INVALID_ARGUMENT",
    "must be a string",
  );
  assertEquals(index.entries.length, keys.length);
});
