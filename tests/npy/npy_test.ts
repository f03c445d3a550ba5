import { assert, assertEquals, assertThrows } from "@std/assert";
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
import { header, withHeader } from "./made_headers.ts";

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
