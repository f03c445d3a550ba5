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
import { Random } from "../mutations/random.ts";
import { execute, mustRun, TemporaryFolder, test, tool } from "../support.ts";
import {
  bytesOf,
  concat,
  gguf,
  type GgufTensor,
  safetensors,
  safetensorsOf,
} from "./parameter_files.ts";

const floats = new Float32Array([1, 2, 3, 4, 5, 6]);

/** An archive with an entry of each kind. */
function irpa(folder: TemporaryFolder): Uint8Array<ArrayBuffer> {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const metadata = new TextEncoder().encode("about data");
  index.addData("data", floats, { metadata });
  index.addSplat("splat", 100, new Uint8Array([1, 2]));
  index.addData("empty", new Uint8Array());
  const path = folder.join("made.irpa");
  index.writeArchive(path);
  return Deno.readFileSync(path);
}

const GGUF = gguf({
  "a": { type: 0, shape: [2, 3], contents: bytesOf(floats) },
  "b": { type: 8, shape: [32], contents: new Uint8Array(34) },
});

const SAFETENSORS = safetensors({ "a": [1, 2, 3], "b": [4], "none": [] });

/** The entries as iree-dump-parameters lists them. */
function listing(index: ParameterIndex): string[] {
  return index.entries.map((entry) => {
    const { key, byteLength, storage } = entry;
    const [start, end] = storage === "file"
      ? [entry.offset, entry.offset + byteLength]
      : ["-", "-"];
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

test("Files of every format list as iree-dump-parameters lists them", async () => {
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
  // The types whose numbers IREE has as GGML has them today.
  for (const type of [0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15]) {
    const tensor = { type, shape: [256, 2], contents: new Uint8Array(2048) };
    files[`type_${type}.gguf`] = gguf({ "x": tensor, "y": tensor });
  }
  for (const [name, bytes] of Object.entries(files)) {
    const path = folder.join(name);
    Deno.writeFileSync(path, bytes);
    using index = ParameterIndex.fromFile(instance, path);
    assertEquals(listing(index), await theirListing(path), name);
  }
});

test("GGUF types are numbered as GGML numbers them, where IREE does not", async () => {
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
    [16, 132],
  ];
  for (const [type, byteLength] of lengths) {
    const contents = new Uint8Array(byteLength);
    Deno.writeFileSync(path, gguf({ x: { type, shape: [512], contents } }));
    using index = ParameterIndex.fromFile(instance, path);
    assertEquals(index.lookup("x").byteLength, byteLength, `type ${type}`);
  }
  // IREE takes type 16 for i8, and knows no bf16.
  const { code, stderr } = await execute(tool("iree-dump-parameters"), [
    `--parameters=${path}`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "outside of the available data");
});

test("Names in safetensors mean what their JSON says", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("names.safetensors");
  Deno.writeFileSync(path, safetensors({ 'a"\\\n': [1], "é": [2] }));
  using index = ParameterIndex.fromFile(instance, path);
  assertEquals(index.entries.map(({ key }) => key), ['a"\\\n', "é"]);
});

test("Archives linked to each other are read, which iree-dump-parameters does not", async () => {
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

/** Loads bytes as a file of that name, which must fail. */
function refusal(
  folder: TemporaryFolder,
  name: string,
  bytes: Uint8Array,
): IreeError {
  using instance = Instance.open();
  const path = folder.join(name);
  Deno.writeFileSync(path, bytes);
  const error = assertThrows(
    () => ParameterIndex.fromFile(instance, path),
    IreeError,
  );
  assertStringIncludes(error.message, `'${path}'`);
  return error;
}

function changed(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  value: bigint,
): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setBigUint64(at, value, true);
  return copy;
}

test("What is no file of parameters says what is wrong with it", () => {
  using folder = new TemporaryFolder();
  const archive = irpa(folder);
  const text = new TextEncoder().encode("hello, this is not it".repeat(9));
  const tensor: GgufTensor = {
    type: 4,
    shape: [2],
    contents: new Uint8Array(8),
  };
  const cases: readonly [string, Uint8Array, StatusCode, string][] = [
    ["a.irpa", text, "INVALID_ARGUMENT", "is no IREE parameter archive"],
    ["a.gguf", text, "INVALID_ARGUMENT", "is no GGUF file"],
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
    ["type.gguf", gguf({ "x": tensor }), "UNIMPLEMENTED", "tensor type 4"],
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
      "is 24, no power of two",
    ],
    [
      "version.gguf",
      gguf({}, { version: 4 }),
      "UNIMPLEMENTED",
      "format version 4 is unsupported",
    ],
    ["j.safetensors", safetensorsOf("{"), "INVALID_ARGUMENT", "is not JSON"],
    ["l.safetensors", safetensorsOf("[]"), "INVALID_ARGUMENT", "JSON object"],
    [
      "o.safetensors",
      safetensorsOf('{"x":{"data_offsets":[-1,0]}}'),
      "INVALID_ARGUMENT",
      "tensor 'x' has no data_offsets",
    ],
    ["n.safetensors", safetensorsOf('{"x":null}'), "INVALID_ARGUMENT", "'x'"],
  ];
  for (const [name, bytes, code, words] of cases) {
    const error = refusal(folder, name, bytes);
    assertEquals(error.code, code, `${name}: ${error.message}`);
    assertStringIncludes(error.message, words);
  }
});

test("An offset that wraps around is refused; iree-dump-parameters crashes", async () => {
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

test("What is there but no regular file is refused", () => {
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

const SEEDS: Readonly<
  Record<string, (folder: TemporaryFolder) => Uint8Array<ArrayBuffer>>
> = {
  "irpa": irpa,
  "gguf": () => GGUF,
  "safetensors": () => SAFETENSORS,
};

/** Where the formats have numbers that matter, extremes are worth a try. */
const EXTREMES: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n - 4096n,
];

function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const mutant = bytes.slice();
  const view = new DataView(mutant.buffer);
  // What follows the header are contents, which nothing is wrong with.
  const header = Math.min(mutant.length, 512);
  for (let i = random.between(1, 4); i > 0; i--) {
    const at = random.below(header - 8);
    if (random.once(2)) mutant[at] = random.below(256);
    else view.setBigUint64(at, random.pick(EXTREMES), true);
  }
  return random.once(6) ? mutant.slice(0, random.below(header)) : mutant;
}

for (const [format, seed] of Object.entries(SEEDS)) {
  test(`Hundreds of mutations of a ${format} file are read or refused, never worse`, () => {
    using folder = new TemporaryFolder();
    using instance = Instance.open();
    const bytes = seed(folder);
    const path = folder.join(`mutant.${format}`);
    const random = new Random(bytes.length);
    const outcomes = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const mutant = mutate(bytes, random);
      Deno.writeFileSync(path, mutant);
      const mode = random.pick(["file", "preload", "mmap"] as const);
      try {
        using index = ParameterIndex.fromFile(instance, path, { mode });
        for (const { key, byteLength } of index.entries) {
          const length = Math.min(byteLength, 4096);
          assertEquals(index.read(key, { length }).length, length);
          index.read(key, { offset: byteLength });
        }
        outcomes.add("read");
      } catch (error) {
        if (!(error instanceof IreeError)) throw error;
        outcomes.add(error.code);
      }
    }
    assert(outcomes.has("read") && outcomes.size >= 3, [...outcomes].join());
  });
}
