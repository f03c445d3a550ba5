import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  BufferView,
  Device,
  type ElementType,
  Instance,
  IreeError,
  load,
  type NdArray,
  type NestedArray,
  type StatusCode,
} from "../../mod.ts";
import {
  decodeNpy,
  decodeNpyArray,
  encodeNpy,
  NpyFile,
  type NpyOptions,
  readNpy,
  writeNpy,
} from "../../lib/npy/mod.ts";
import {
  mustRun,
  program,
  ROOT,
  TemporaryFolder,
  test,
  tool,
  withDevice,
} from "../support.ts";
import { concat } from "../parameters/parameter_files.ts";

const SEED = 20_261_125;

/** An array that NumPy wrote, as `npy_peer.py` prints it. */
interface Entry {
  readonly file: string;
  readonly elementType: ElementType;
  /** How NumPy wrote it: `c` is its default. */
  readonly layout: string;
  readonly shape: readonly number[];
  /** The elements in row-major order, little-endian. */
  readonly hex: string;
  /** The same as nested lists of numbers in text. */
  readonly values: Text;
}

type Text = string | readonly Text[];

const peer = (...args: string[]) =>
  mustRun(tool("python"), [join(ROOT, "tests/npy/npy_peer.py"), ...args]);

function optionsFor(elementType: ElementType): NpyOptions {
  return elementType.startsWith("f8") ? { rawElementType: elementType } : {};
}

function hexOf({ data }: NdArray): string {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).toHex();
}

const NUMBERS: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "-inf": -Infinity,
};

function toNumbers(text: Text, isBigInt: boolean): NestedArray {
  if (typeof text !== "string") {
    return text.map((it) => toNumbers(it, isBigInt));
  }
  return isBigInt ? BigInt(text) : NUMBERS[text] ?? Number(text);
}

test("Arrays of every type and rank go from NumPy to a device and back", async () => {
  using folder = new TemporaryFolder();
  const index: Entry[] = JSON.parse(
    await peer("write", folder.path, String(SEED)),
  );
  assertEquals(new Set(index.map(({ elementType }) => elementType)).size, 20);
  assertEquals(
    new Set(index.map(({ shape }) => shape.length)),
    new Set([0, 1, 2, 3, 4, 5, 6]),
  );
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using back = new TemporaryFolder();
  const all: NdArray[] = [];
  const written: Entry[] = [];
  for (const entry of index) {
    const { file, elementType, shape, layout } = entry;
    const what = `${elementType} ${shape.join("x")} ${layout}`;
    const options = optionsFor(elementType);
    const bytes = Deno.readFileSync(folder.join(file));
    const arrays = decodeNpy(bytes, options);
    assertEquals(arrays.length, 1, what);
    const [array] = arrays;
    assertEquals(array.elementType, elementType, what);
    assertEquals(array.shape, shape, what);
    assertEquals(hexOf(array), entry.hex, what);
    using view = BufferView.from(device, array);
    assertEquals(view.elementType, elementType, what);
    const isBigInt = /i64$/.test(elementType);
    assertEquals(
      view.toNestedArray(),
      toNumbers(entry.values, isBigInt),
      what,
    );
    if (layout !== "c") continue;
    // Matches NumPy's bytes, except where NumPy cannot read its own.
    if (elementType !== "f8E5M2") assertEquals(encodeNpy(view), bytes, what);
    writeNpy(back.join(file), view);
    all.push(view.toNdArray());
    written.push(entry);
  }
  writeNpy(back.join("all.npy"), ...all);
  await Deno.writeTextFile(back.join("index.json"), JSON.stringify(written));
  assertEquals(JSON.parse(await peer("check", back.path)), [
    written.length,
    [],
  ]);
});

test("Consecutive arrays in a file are read one by one", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("several.npy");
  const arrays: NdArray[] = [
    { elementType: "i1", shape: [3], data: new Uint8Array([0, 1, 1]) },
    { elementType: "f64", shape: [], data: new Float64Array([0.5]) },
    { elementType: "i64", shape: [0, 2], data: new BigInt64Array() },
    { elementType: "ui8", shape: [1], data: new Uint8Array([200]) },
  ];
  writeNpy(toFileUrl(path), ...arrays);
  assertEquals(readNpy(path), arrays);
  assertEquals(readNpy(toFileUrl(path)), arrays);
  const bytes = Deno.readFileSync(path);
  for (const start of [-bytes.length, 0.5, NaN]) {
    assertThrows(
      () => decodeNpyArray(bytes, start),
      IreeError,
      "start must be a non-negative integer",
    );
  }
});

/** An array with a custom header. */
function withHeader(
  header: string,
  contents: Iterable<number> = [],
  version: readonly [number, number] = [1, 0],
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const size = version[0] === 1 ? 2 : 4;
  const length = Array.from(
    { length: size },
    (_, index) => text.length >> (8 * index) & 255,
  );
  const magic = Array.from("\x93NUMPY", (it) => it.charCodeAt(0));
  return new Uint8Array([
    ...magic,
    ...version,
    ...length,
    ...text,
    ...contents,
  ]);
}

test("Headers are read as NumPy reads them", () => {
  const expected: NdArray[] = [{
    elementType: "i16",
    shape: [2, 1],
    data: new Int16Array([1, 2]),
  }];
  const sorted = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }";
  const headers = [
    `${sorted}     \n`,
    sorted,
    "{'shape': (2, 1), 'fortran_order': False, 'descr': '<i2'}",
    `{"shape":(2,1,),"descr":"=i2","fortran_order":False}`,
    "{'fortran_order': False, 'shape': (2L, 1L), 'descr': 'i2', }",
  ];
  for (const header of headers) {
    assertEquals(decodeNpy(withHeader(header, [1, 0, 2, 0])), expected, header);
  }
  for (const major of [1, 2, 3]) {
    const bytes = withHeader(sorted, [1, 0, 2, 0], [major, 0]);
    assertEquals(decodeNpy(bytes), expected, `version ${major}`);
  }
});

test("A program accepts integers of either sign from a file", async () => {
  using structures = load({
    modules: [await program("structures.mlir")],
    device: "local-sync",
  });
  for (const descr of ["<i4", ">u4"]) {
    const order = descr === "<i4" ? [7, 0, 0, 0] : [0, 0, 0, 7];
    const [array] = decodeNpy(
      withHeader(header({ descr: `'${descr}'`, shape: "(1,)" }), order),
    );
    assertEquals(array.elementType, descr === "<i4" ? "i32" : "ui32");
    const results = structures.call("flat", new Float32Array(2), array);
    const [floats, integers] = results as [BufferView, BufferView];
    assertEquals(integers.toNestedArray(), [7]);
    floats.dispose();
    integers.dispose();
  }
});

test("float8_e5m2 is read from files of ml_dtypes", () => {
  const bytes = withHeader(header({ descr: "'<f1'" }), [0x3c, 0xc0]);
  const data = new Uint8Array([0x3c, 0xc0]);
  assertEquals(decodeNpy(bytes), [{ elementType: "f8E5M2", shape: [2], data }]);
});

function header(
  { descr = "'<f4'", order = "False", shape = "(2,)" } = {},
): string {
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
}

function assertRefused(
  bytes: Uint8Array<ArrayBuffer>,
  code: StatusCode,
  text: string,
  options?: NpyOptions,
): void {
  const error = assertThrows(() => decodeNpy(bytes, options), IreeError);
  assertEquals(error.code, code, error.message);
  assertStringIncludes(error.detail, text);
}

test("Types without an element type are rejected, never mistaken for another", () => {
  const types = ["<f16", "<c32", "<U3", "|S4", "|O", "<M8[s]", "<m8", "<f3"]
    .concat(["|b2", "<i16", "float32", "f", "", "<V", "f4x"]);
  for (const type of types) {
    const bytes = withHeader(header({ descr: `'${type}'` }), Array(64).fill(0));
    assertRefused(bytes, "UNIMPLEMENTED", `'${type}'`);
  }
  for (
    const descr of ["[('a', '<i4'), ('b', '<f4', (2,))]", "('<i4', (2,))", "[]"]
  ) {
    const bytes = withHeader(header({ descr }), Array(64).fill(0));
    assertRefused(bytes, "UNIMPLEMENTED", "structured");
  }
});

test("Raw bytes have the type that their reader requests", () => {
  const bytes = (descr: string) =>
    withHeader(header({ descr: `'${descr}'` }), [1, 2, 3, 4]);
  const [bf16] = decodeNpy(bytes("<V2"));
  assertEquals(bf16.elementType, "bf16");
  for (const descr of ["|V2", "<V1", "|V1", "|V3", "|V16"]) {
    assertRefused(bytes(descr), "UNIMPLEMENTED", "unknown type");
  }
  const rawElementType = "f8E4M3FN";
  const [read] = decodeNpy(
    bytes("<V1").subarray(0, -2),
    { rawElementType },
  );
  assertEquals(read.elementType, "f8E4M3FN");
  const [float] = decodeNpy(bytes("|V2"), { rawElementType: "f16" });
  assertEquals(float.elementType, "f16");
  assertRefused(bytes("<V2"), "INVALID_ARGUMENT", "cannot be f8E4M3FN", {
    rawElementType,
  });
  assertRefused(bytes("<V1"), "INVALID_ARGUMENT", "unknown element type", {
    rawElementType: "f9" as ElementType,
  });
});

test("Corrupt files are rejected with the position of the fault", () => {
  const invalid: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(), "array 0, from byte 0, must begin with \\x93NUMPY"],
    [
      new TextEncoder().encode("PK\x03\x04 a .npz"),
      "must begin with \\x93NUMPY",
    ],
    [
      withHeader(header(), Array(7).fill(0)),
      "its header must be followed by 8 bytes, got 7",
    ],
    [
      withHeader(header(), Array(9).fill(0)),
      "array 1, from byte 75, must begin with \\x93NUMPY",
    ],
    [withHeader(header()).subarray(0, 40), "is truncated in its header"],
    [withHeader(header()).subarray(0, 9), "is truncated in its header"],
    [
      withHeader(header({ descr: "'|b1'" }), [1, 2]),
      "has 2 as element 1; an i1 is 0 or 1",
    ],
    [withHeader(header({ shape: `(${"1,".repeat(129)})` })), "128 dimensions"],
    [
      new Uint8Array([...withHeader("", [], [2, 0]).subarray(0, 8)]
        .concat([255, 255, 255, 255])),
      "a header of more than 1048576 bytes, which is too long",
    ],
  ];
  for (const [bytes, text] of invalid) {
    assertRefused(bytes, "INVALID_ARGUMENT", text);
  }
  assertRefused(withHeader(header(), [], [4, 0]), "UNIMPLEMENTED", "4.0");
  assertRefused(withHeader(header(), [], [1, 1]), "UNIMPLEMENTED", "1.1");
  const corrupt = [
    header({ shape: "(3)" }),
    header({ shape: "(-1,)" }),
    header({ shape: "(1.5,)" }),
    header({ shape: "(,)" }),
    header({ shape: "(9007199254740992,)" }),
    header({ shape: "3" }),
    header({ shape: "'(3,)'" }),
    header({ order: "0" }),
    header({ order: "'False'" }),
    header({ descr: "True" }),
    header({ descr: "<f4" }),
    header().slice(0, -1),
    header().replace("'shape'", "'form'"),
    header().replace("}", "'more': True}"),
    header().replace("}", "'shape': (2,)}"),
    header().replace(", }", ",, }"),
    header().replace(",", ";"),
    "{}",
    "",
  ];
  for (const text of corrupt) {
    const bytes = withHeader(text, Array(64).fill(0));
    assertRefused(bytes, "INVALID_ARGUMENT", "has a corrupt header");
  }
});

test("A header that promises more data than memory is rejected", () => {
  const dims = "9007199254740991, ".repeat(30);
  for (const shape of [`(${dims})`, "(1099511627776, 1024)"]) {
    for (const order of ["True", "False"]) {
      const bytes = withHeader(header({ shape, order }), Array(64).fill(0));
      assertRefused(
        bytes,
        "INVALID_ARGUMENT",
        "bytes, got 64",
      );
    }
  }
  const [empty] = decodeNpy(withHeader(header({ shape: `(${dims}0)` })));
  assertEquals(empty.data.length, 0);
});

test("Values that are not arrays are not written", () => {
  const refused = (array: unknown, text: string) => {
    const error = assertThrows(() => encodeNpy(array as NdArray), IreeError);
    assertStringIncludes(error.message, text);
  };
  refused([1, 2], "array 0 must have an element type");
  refused(
    { elementType: "i4", shape: [2], data: new Uint8Array([0x21]) },
    "UNIMPLEMENTED: array 0 has elements of type i4, which NumPy does not support",
  );
  refused(
    { elementType: "f32", shape: [3], data: new Float32Array(2) },
    "array 0 has 2 elements, not those of shape 3",
  );
  refused(
    { elementType: "f32", shape: [2], data: new Int32Array(2) },
    "array 0 is an Int32Array",
  );
  assertThrows(() => encodeNpy(), IreeError, "at least one array");
  assertThrows(
    () => decodeNpy("x.npy" as unknown as Uint8Array<ArrayBuffer>),
    IreeError,
    "npy data must be a Uint8Array",
  );
});

test("readNpy and NpyFile reject files that are not regular and may never end", async () => {
  using folder = new TemporaryFolder();
  const pipe = folder.join("pipe.npy");
  await mustRun("mkfifo", [pipe]);
  for (const path of [folder.path, pipe, "/dev/zero"]) {
    for (const open of [readNpy, NpyFile.open]) {
      const error = assertThrows(() => void open(path), IreeError);
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertEquals(error.detail, `'${path}' is not a regular file`);
    }
  }
});

test("Errors about files name them", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("some.npy");
  const error = assertThrows(() => readNpy(path), IreeError);
  assertEquals(error.code, "NOT_FOUND");
  assertStringIncludes(error.message, `failed to open file '${path}'`);
  Deno.writeTextFileSync(path, "text");
  assertThrows(() => readNpy(path), IreeError, `'${path}': array 0, from byte`);
  assertThrows(
    () => readNpy(folder.path),
    IreeError,
    `INVALID_ARGUMENT: '${folder.path}' is not a regular file`,
  );
  assertThrows(
    () => writeNpy(folder.path, new Float32Array(1)),
    IreeError,
    `UNAVAILABLE: failed to open file '${folder.path}'\nIs a directory`,
  );
  assertThrows(
    () => writeNpy(folder.join("no/some.npy"), new Float32Array(1)),
    IreeError,
    "NOT_FOUND: failed to open file",
  );
});

// Larger than the chunks of a read, in shapes that are not multiples of them.
const COUNT = 3 * 2 ** 17 + 5;

test("Tensors larger than one read are read completely", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("large.npy");
  const numbers = Float32Array.from({ length: COUNT }, (_, i) => i);
  const doubles = Float64Array.from({ length: 7 * 30011 }, (_, i) => i);
  const bigEndian = new Uint8Array(doubles.slice().buffer).reverse();
  const file = concat([
    encodeNpy(numbers),
    withHeader(header({ descr: "'>f8'", shape: "(210077,)" }), bigEndian),
    withHeader(
      header({ descr: "'<f8'", order: "True", shape: "(30011, 7)" }),
      new Uint8Array(doubles.buffer),
    ),
  ]);
  Deno.writeFileSync(path, file);
  const transposed = Array.from(
    { length: doubles.length },
    (_, i) => (i % 7) * 30011 + Math.floor(i / 7),
  );
  const expected = [
    { elementType: "f32", shape: [COUNT], data: numbers },
    {
      elementType: "f64",
      shape: [doubles.length],
      data: doubles.slice().reverse(),
    },
    {
      elementType: "f64",
      shape: [30011, 7],
      data: Float64Array.from(transposed),
    },
  ];
  // Compared by bytes: assertEquals is slow over many elements.
  const same = (actual: NdArray, index: number) => {
    const { elementType, shape, data } = expected[index];
    assertEquals([actual.elementType, actual.shape], [elementType, shape]);
    assert(data.every((it, at) => it === actual.data[at]), `array ${index}`);
  };
  readNpy(path).forEach(same);
  decodeNpy(file).forEach(same);
  withDevice((device, instance) => {
    for (const memory of [device, instance]) {
      using reader = NpyFile.open(path);
      for (const index of expected.keys()) {
        assertEquals(reader.peek().shape, expected[index].shape);
        using view = reader.readTensor(memory);
        same(view.toNdArray(), index);
      }
      assert(reader.ended);
      assertThrows(() => reader.read(), IreeError, "ends after 3 arrays");
    }
    using reader = NpyFile.open(path);
    using view = reader.readTensor(device);
    const copy = folder.join("copy.npy");
    writeNpy(copy, view, numbers, { ...expected[0], elementType: "f32" });
    const once = encodeNpy(numbers);
    assert(
      Deno.readFileSync(copy).toHex() === concat([once, once, once]).toHex(),
    );
  });
});

test("Tensors of a file have the requested type, if it is compatible", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("some.npy");
  writeNpy(path, new Int32Array([-1]));
  using instance = Instance.open();
  using file = NpyFile.open(path);
  assertThrows(
    () => file.readTensor(instance, "f32"),
    IreeError,
    "must have elements of type f32, got i32",
  );
  using view = file.readTensor(instance, "si32");
  assertEquals(view.format(), "1xsi32=-1");
  file.dispose();
  assertThrows(() => file.ended, IreeError, "was closed");
});

test("Contents of tensors are read and written as bytes, a part at a time", () => {
  withDevice((device) => {
    using view = BufferView.zeros(device, "bf16", [2, 2]);
    view.writeBytes(new Uint8Array([0x80, 0x3f]), 2);
    assertEquals(view.toNestedArray(), [[0, 1], [0, 0]]);
    const bytes = new Uint8Array(3);
    view.readBytes(bytes, 1);
    assertEquals(bytes, new Uint8Array([0, 0x80, 0x3f]));
    assertThrows(() => view.readBytes(bytes, 6), IreeError, "OUT_OF_RANGE");
    assertThrows(() => view.writeBytes(bytes, -1), IreeError, "offset");
    using flags = BufferView.zeros(device, "i1", [2]);
    assertThrows(
      () => flags.writeBytes(new Uint8Array([2])),
      IreeError,
      "has 2 as element 0; an i1 is 0 or 1",
    );
    assertThrows(() => BufferView.zeros(device, "f32", [-1]), IreeError, "-1");
  });
});
