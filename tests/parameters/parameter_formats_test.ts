import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  Instance,
  IreeError,
  ParameterIndex,
  type StatusCode,
} from "../../mod.ts";
import { execute, mustRun, TemporaryFolder, test, tool } from "../support.ts";
import {
  floats,
  GGUF,
  header,
  irpa,
  refusal,
  SAFETENSORS,
} from "./made_files.ts";
import {
  bytesOf,
  concat,
  gguf,
  type GgufTensor,
  safetensors,
  safetensorsOf,
} from "./parameter_files.ts";

/** The entries as iree-dump-parameters lists them. */
function listing(index: ParameterIndex): string[] {
  return index.entries.map((entry) => {
    const { key, byteLength, storage } = entry;
    const [start, end] = storage === "splat"
      ? ["-", "-"]
      : [entry.offset, entry.offset + byteLength];
    return [start, end, byteLength]
      .map((it) => `${it}`.padStart(16))
      .join(" | ") + ` | \`${key}\``;
  });
}

async function theirListing(path: string): Promise<string[]> {
  const stdout = await mustRun(tool("iree-dump-parameters"), [
    `--parameters=${path}`,
  ]);
  return stdout.split("\n").filter((line) => line.includes("| `"));
}

test("Files of every format list as by iree-dump-parameters", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const files: Record<string, Uint8Array<ArrayBuffer>> = {
    "a.irpa": irpa(folder),
    "b.IRPA": irpa(folder),
    "c.gguf": GGUF,
    "d.gguf": gguf({}),
    "e.gguf": gguf({
      "x": { type: 0, shape: [3], contents: new Uint8Array(12) },
    }, { version: 2, alignment: 64 }),
    "f.safetensors": SAFETENSORS,
    "g.safetensors": safetensors({}),
  };
  // The types that IREE numbers as GGML does today.
  for (const type of [0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15]) {
    const tensor = { type, shape: [256, 2], contents: new Uint8Array(2048) };
    files[`type_${type}.gguf`] = gguf({ "x": tensor, "y": tensor });
  }
  for (const [name, bytes] of Object.entries(files)) {
    const path = folder.join(name);
    Deno.writeFileSync(path, bytes);
    using index = ParameterIndex.fromFile(instance, path);
    // iree-dump-parameters lists entries without contents at the file's start.
    const others = (line: string) => !line.includes("`empty`");
    const theirs = (await theirListing(path)).filter(others);
    assertEquals(listing(index).filter(others), theirs, name);
  }
});

test("An entry without contents is listed at its position in the archive", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("empty.irpa");
  using source = ParameterIndex.create(instance);
  source.addData("first", new Uint8Array());
  source.writeArchive(path);
  const offsets = () => {
    using index = ParameterIndex.fromFile(instance, path);
    return index.entries.map((entry) =>
      entry.storage === "splat" ? undefined : entry.offset
    );
  };
  const [only] = offsets();
  assert(only !== undefined && only > 0 && only % 64 === 0, `${only}`);
  source.addData("data", floats);
  source.addData("last", new Uint8Array());
  source.writeArchive(path);
  const [first = 0, data, last] = offsets();
  assertEquals([data, last], [first, first + 64]);
});

test("GGUF types have GGML's numbers where IREE's differ", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.gguf");
  const lengths: readonly [number, number][] = [
    [24, 512],
    [25, 1024],
    [
      26,
      2048,
    ],
    [27, 4096],
    [28, 4096],
    [30, 1024],
    [39, 272],
    [40, 288],
    [41, 72],
    [42, 144],
    [16, 132],
  ];
  for (const [type, byteLength] of lengths) {
    const contents = new Uint8Array(byteLength);
    Deno.writeFileSync(path, gguf({ x: { type, shape: [512], contents } }));
    using index = ParameterIndex.fromFile(instance, path);
    assertEquals(index.lookup("x").byteLength, byteLength, `type ${type}`);
  }
  // IREE reads type 16 as i8, and does not know bf16.
  const { code, stderr } = await execute(tool("iree-dump-parameters"), [
    `--parameters=${path}`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "outside of the available data");
});

test("Linked archives are read, unlike by iree-dump-parameters", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("linked.irpa");
  const first = irpa(folder);
  using other = ParameterIndex.create(instance);
  other.addData("other", new Uint8Array([9]));
  other.writeArchive(path);
  new DataView(first.buffer).setBigUint64(16, BigInt(first.length), true);
  Deno.writeFileSync(path, concat([first, Deno.readFileSync(path)]));
  using index = ParameterIndex.fromFile(instance, path);
  assertEquals(
    index.entries.map(({ key }) => key),
    ["data", "splat", "empty", "other"],
  );
  assertEquals(index.read("other"), new Uint8Array([9]));
  const { stdout } = await execute(tool("iree-dump-parameters"), [
    `--parameters=${path}`,
  ]);
  assert(!stdout.includes("`other`"));
});

function changed(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  value: bigint,
): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setBigUint64(at, value, true);
  return copy;
}

test("A file that is not a parameter file is rejected with the reason", () => {
  using folder = new TemporaryFolder();
  const archive = irpa(folder);
  const text = new TextEncoder().encode("hello, this is not it".repeat(9));
  const tensor: GgufTensor = {
    type: 4,
    shape: [2],
    contents: new Uint8Array(8),
  };
  const cases: readonly [string, Uint8Array, StatusCode, string][] = [
    ["a.irpa", text, "INVALID_ARGUMENT", "is not an IREE parameter archive"],
    ["a.gguf", text, "INVALID_ARGUMENT", "is not a GGUF file"],
    ["a.safetensors", text, "INVALID_ARGUMENT", "more than any file has"],
    ["e.irpa", new Uint8Array(), "OUT_OF_RANGE", "it has 0 bytes"],
    ["e.gguf", new Uint8Array(), "OUT_OF_RANGE", "it has 0 bytes"],
    ["e.safetensors", new Uint8Array(), "OUT_OF_RANGE", "it has 0 bytes"],
    ["a.bin", text, "UNIMPLEMENTED", "unsupported file format `bin`"],
    ["irpa", text, "UNIMPLEMENTED", ".irpa, .gguf, .safetensors"],
    [
      "short.irpa",
      archive.subarray(0, 400),
      "OUT_OF_RANGE",
      "ends before the storage segment",
    ],
    [
      "short.gguf",
      GGUF.subarray(0, GGUF.length - 33),
      "OUT_OF_RANGE",
      "ends before tensor 'b'",
    ],
    [
      "short.safetensors",
      SAFETENSORS.subarray(0, SAFETENSORS.length - 4),
      "INVALID_ARGUMENT",
      "tensor 'b' has data offsets outside of the available data",
    ],
    ["header.irpa", changed(archive, 8, 96n), "INVALID_ARGUMENT", "96 bytes"],
    [
      "version.irpa",
      changed(archive, 0, 0x0001_0000_4150_5249n),
      "UNIMPLEMENTED",
      "IRPA version 0.1 is not supported",
    ],
    [
      "count.irpa",
      changed(archive, 32, 4n),
      "INVALID_ARGUMENT",
      "ends before entry 3 of 4",
    ],
    [
      "wrapping.irpa",
      changed(archive, 40, -4096n),
      "INVALID_ARGUMENT",
      "more than any file has",
    ],
    ["twice.irpa", changed(archive, 16, 2n ** 40n), "OUT_OF_RANGE", "needs"],
    [
      "blocks.gguf",
      gguf({ "x": { ...tensor, type: 8 } }),
      "INVALID_ARGUMENT",
      "2 elements, not whole blocks of 32",
    ],
    [
      "aligned.gguf",
      gguf({ "x": { ...tensor, type: 0 } }, { alignment: 24 }),
      "INVALID_ARGUMENT",
      "must be a power of two, got 24",
    ],
    [
      "version.gguf",
      gguf({}, { version: 4 }),
      "UNIMPLEMENTED",
      "format version 4 is not supported",
    ],
    ["j.safetensors", safetensorsOf("{"), "INVALID_ARGUMENT", "is not JSON"],
    ["l.safetensors", safetensorsOf("[]"), "INVALID_ARGUMENT", "JSON object"],
    [
      "o.safetensors",
      safetensorsOf('{"x":{"data_offsets":[-1,0]}}'),
      "INVALID_ARGUMENT",
      "tensor 'x' must have data_offsets",
    ],
    ["n.safetensors", safetensorsOf('{"x":null}'), "INVALID_ARGUMENT", "'x'"],
  ];
  for (const [name, bytes, code, words] of cases) {
    const error = refusal(folder, name, bytes);
    assertEquals(error.code, code, `${name}: ${error.message}`);
    assertStringIncludes(error.message, words);
  }
});

test("Safetensors keep the order of their header", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("order.safetensors");
  const names = ["b", "10", "9", "a", "__proto__", "2", "constructor"];
  const tensors = names.map((name, at) =>
    `${JSON.stringify(name)}:` +
    header({ shape: [1], data_offsets: [4 * at, 4 * at + 4] }).slice(5, -1)
  );
  const bytes = new Uint8Array(4 * names.length);
  Deno.writeFileSync(path, safetensorsOf(`{${tensors.join()}}`, bytes));
  using index = ParameterIndex.fromFile(instance, path);
  assertEquals(index.entries.map(({ key }) => key), names);
  assertEquals(listing(index), await theirListing(path));
});

test("A GGUF tensor of an unknown type makes only itself unreadable", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.gguf");
  const known = { type: 0, shape: [6], contents: bytesOf(floats) };
  const unknown = { type: 99, shape: [2], contents: new Uint8Array(40) };
  Deno.writeFileSync(
    path,
    gguf({ a: unknown, b: known, c: unknown }, { nested: true }),
  );
  using index = ParameterIndex.fromFile(instance, path);
  assertEquals(
    index.entries.map(({ key, storage, byteLength }) => [
      key,
      storage,
      byteLength,
    ]),
    [["a", "unreadable", 64], ["b", "file", 24], ["c", "unreadable", 64]],
  );
  assertEquals(index.read("b"), bytesOf(floats));
  using copy = ParameterIndex.create(instance);
  copy.addFrom(index, "b");
  assertEquals(copy.read("b"), bytesOf(floats));
  const archive = folder.join("made.irpa");
  for (
    const act of [
      () => index.read("a"),
      () => index.read("c", { length: 0 }),
      () => copy.addFrom(index, "a"),
      () => index.writeArchive(archive),
    ]
  ) {
    const error = assertThrows(act, IreeError);
    assertEquals(error.code, "UNIMPLEMENTED");
    assertStringIncludes(error.message, "GGML tensor type 99 is not supported");
    assertStringIncludes(error.message, path);
  }
  assertThrows(() => Deno.statSync(archive), Deno.errors.NotFound);
});

test("A big-endian GGUF file is listed, and read if byte order does not matter", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("model.gguf");
  const tensors = {
    "numbers": { type: 0, shape: [2, 3], contents: bytesOf(floats) },
    "bytes": { type: 24, shape: [3], contents: new Uint8Array([1, 2, 3]) },
  };
  Deno.writeFileSync(
    path,
    gguf(tensors, { bigEndian: true, alignment: 64, nested: true }),
  );
  using index = ParameterIndex.fromFile(instance, path);
  Deno.writeFileSync(path, gguf(tensors, { alignment: 64, nested: true }));
  using little = ParameterIndex.fromFile(instance, path);
  assertEquals(listing(index), listing(little));
  assertEquals(index.read("bytes"), new Uint8Array([1, 2, 3]));
  const error = assertThrows(() => index.read("numbers"), IreeError);
  assertEquals(error.code, "UNIMPLEMENTED");
  assertStringIncludes(error.message, "the file is big-endian");
});

test("An offset that wraps around is rejected; iree-dump-parameters crashes", async () => {
  using folder = new TemporaryFolder();
  const archive = irpa(folder);
  refusal(folder, "wrapping.irpa", changed(archive, 40, -4096n));
  const table = new DataView(archive.buffer).getBigUint64(48, true);
  const start = -(2n ** 40n);
  const bytes = changed(archive, 40, start);
  new DataView(bytes.buffer).setBigUint64(48, table - start, true);
  refusal(folder, "crash.irpa", bytes);
  const { code, stderr } = await execute(tool("iree-dump-parameters"), [
    `--parameters=${folder.join("crash.irpa")}`,
  ]);
  assert(code > 128, `exit ${code}: ${stderr}`);
});

test("Paths that are not regular files are rejected", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("folder.irpa");
  Deno.mkdirSync(path);
  const error = assertThrows(
    () => ParameterIndex.fromFile(instance, path),
    IreeError,
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
  assertStringIncludes(error.message, "is not a regular file");
  const none = assertThrows(
    () => ParameterIndex.fromFile(instance, folder.join("none.gguf")),
    IreeError,
  );
  assertEquals(none.code, "NOT_FOUND");
});
