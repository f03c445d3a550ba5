import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type BufferView,
  Device,
  Instance,
  IreeError,
  List,
  type VmRef,
} from "../../mod.ts";
import {
  type CompareOptions,
  compareTensors,
  copyToHost,
  parseTensor,
  storageOf,
  tensorByteLength,
  viewStorageBytes,
} from "../../lib/tooling/mod.ts";
import { test } from "../support.ts";

/** Texts of tensors, by IREE's output for them. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["4xi32=1 2 3 4", "4xi32=1 2 3 4"],
  ["4xi32=1,2, 3\n4", "4xi32=1 2 3 4"],
  ["4xi32=[1 2 3 4]", "4xi32=1 2 3 4"],
  ["2x2xi32=[[1 2][3 4]]", "2x2xi32=[1 2][3 4]"],
  ["2x2xi32=[1 2][3 4]", "2x2xi32=[1 2][3 4]"],
  ["2x2xi32=1 2 3 4", "2x2xi32=[1 2][3 4]"],
  ["2x1x2xi8=[[[1, 2]], [[3, 4]]]", "2x1x2xi8=[[1 2]][[3 4]]"],
  ["1x4xi8=[1 2 3 4]", "1x4xi8=[1 2 3 4]"],
  ["3xf32=2.5", "3xf32=2.5 2.5 2.5"],
  ["3xf32", "3xf32=0 0 0"],
  ["3xf32=", "3xf32=0 0 0"],
  ["0xf32", "0xf32="],
  ["2x0xf32=[][]", "2x0xf32=[][]"],
  ["2x0xf32=[[][]]", "2x0xf32=[][]"],
  ["0x2xf32=[]", "0x2xf32="],
  ["f64=-1e300", "f64=-1E+300"],
  ['"i8=3"', "i8=3"],
  ["2xi1=01 00", "2xi1=01 00"],
  ["cf64=0000803f00000040", "cf64=0000803F00000040"],
  ["2xf8E5M2=57344 nan", "2xf8E5M2=57344 NAN"],
  ["2xi8=-128 255", "2xi8=-128 -1"],
  ["2xi24=010203", "2xi24=010203 010203"],
];

test("parseTensor reads the same texts as IREE", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  for (const target of [instance, device]) {
    for (const [text, printed] of TEXTS) {
      using tensor = parseTensor(target, text);
      assertEquals(tensor.format(), printed, text);
    }
  }
});

/** Rejected texts, by the message's reason. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "parsing value": [
    "4xi8=256",
    "4xi8=1.5",
    "4xi8=1x",
    "4xsi8=128",
    "4xsi8=-129",
    "4xui8=-1",
    "4xi16=65536",
    "4xi32=3.7",
    "4xi32=99999999999",
    "4xi32=4294967296",
    "4xui32=-1",
    "4xi64=9223372036854775808",
    "4xui64=18446744073709551616",
    "4xf16=65520",
    "4xf16=1e-8",
    "4xbf16=1e39",
    "4xf32=1e39",
    "4xf32=1e-50",
    "4xf64=1e309",
    "4xf32=abc",
    "4xf8E4M3FN=449",
    "4xf8E4M3FN=inf",
    "4xf8E8M0FNU=-1",
    "4xi1=1",
    "4xi1=02",
    "4xi1=true",
    "4xcf64=1",
    "4xcf64=000000000000000g",
  ],
  "brackets do not match the shape": [
    "2x2xi32=[1 2 3 4]",
    "2x2xi32=[[1 2][3 4]",
    "2x2xi32=[[1 2 3][4]]",
    "2x2xi32=[[1][2][3][4]]",
    "2x2xi32=[[7]]",
    "2x2xi32=1 2] 3 4",
    "4xi32=[[1 2 3 4]]",
    "i32=[7]",
  ],
  "invalid shape specification": [
    "axf32=1",
    "-1xf32",
    "xxf32",
    "2xxf32",
    "4xf32x",
    "1.5xf32",
  ],
  "unhandled element type": ["4xq32=1", "4x=1", "", "4xf0", "4xi256", "4xf33"],
};

test("parseTensor rejects texts that IREE would misread", () => {
  using instance = Instance.open();
  for (const [words, texts] of Object.entries(REFUSED)) {
    for (const text of texts) {
      const error = assertThrows(
        () => parseTensor(instance, text).dispose(),
        IreeError,
        words,
        text,
      );
      assertEquals(error.code, "INVALID_ARGUMENT", text);
    }
  }
  for (const text of ["4xi32=1 2 3", "4xi32=1 2 3 4 5", "0xi32=1"]) {
    const error = assertThrows(
      () => parseTensor(instance, text).dispose(),
      IreeError,
    );
    assertEquals(error.code, "OUT_OF_RANGE", text);
  }
});

test("parseTensor requires exactly the bytes of a tensor", () => {
  using instance = Instance.open();
  const bytes = new Uint8Array(new Float32Array([1, 2.5]).buffer);
  using tensor = parseTensor(instance, "2xf32", bytes);
  assertEquals(tensor.format(), "2xf32=1 2.5");
  using none = parseTensor(instance, "2x0xf32", new Uint8Array());
  assertEquals(none.shape, [2, 0]);
  using packed = parseTensor(instance, "3xi4", new Uint8Array([0x21, 0x03]));
  assertEquals(packed.byteLength, 2);
  const wrong = assertThrows(
    () => parseTensor(instance, "2xi1", new Uint8Array([1, 2])).dispose(),
    IreeError,
    "has 2 as element 1; an i1 is 0 or 1",
  );
  assertEquals(wrong.code, "INVALID_ARGUMENT");
  for (const length of [0, 7, 9]) {
    const error = assertThrows(
      () => parseTensor(instance, "2xf32", new Uint8Array(length)).dispose(),
      IreeError,
      `the contents must be 8 bytes, got ${length}`,
    );
    assertEquals(error.code, "OUT_OF_RANGE");
  }
  assertEquals(tensorByteLength("2x3xf16"), 12);
  assertEquals(tensorByteLength("3xi4"), 2);
  assertEquals(tensorByteLength("i1"), 1);
});

test("A tensor too large for memory fails", () => {
  using instance = Instance.open();
  for (const text of ["1000000000000000xf64", "4000000000x4000000000xi8"]) {
    const error = assertThrows(
      () => parseTensor(instance, text).dispose(),
      IreeError,
    );
    assertEquals(error.code, "RESOURCE_EXHAUSTED", text);
  }
});

/**
 * Pairs of an expected and an actual tensor, with the reason for a mismatch.
 */
const PAIRS: readonly (readonly [
  string,
  string,
  CompareOptions,
  string | undefined,
])[] = [
  ["2xf32=1 2", "2xf32=1 2", {}, undefined],
  ["2xf32=1 2", "2xf32=1 2.00005", {}, undefined],
  ["2xf32=nan inf", "2xf32=nan inf", {}, undefined],
  ["2xf32=1 2", "2xf32=1 3", { f32Tolerance: 1 }, undefined],
  ["2xf32=1 2", "2xf32=1 3", { relativeTolerance: 0.5 }, undefined],
  ["2xf32=1 2", "2xf32=1 3", { f64Tolerance: 1 }, "element at index 1 (3)"],
  ["f64=1", "f64=2", { f64Tolerance: 1 }, undefined],
  ["f16=1", "f16=2", { f16Tolerance: 1 }, undefined],
  ["bf16=1", "bf16=2", { bf16Tolerance: 1 }, undefined],
  ["f32=0", "f32=-0", { mode: "exact" }, "element at index 0 (-0)"],
  ["2xi32=1 2", "2xi32=1 3", { f32Tolerance: 9 }, "expected (2)"],
  ["f8E4M3FN=1", "f8E4M3FN=2", {}, "a view of f8E4M3FN"],
  [`cf128=${"00".repeat(16)}`, `cf128=${"0F".repeat(16)}`, {}, "0F".repeat(16)],
  ["0xf32", "0xf32", {}, undefined],
  ["2x0xf32", "0x2xf32", {}, "metadata is 0x2xf32"],
  ["2xf32", "2xf64", {}, "metadata is 2xf64; expected that the view matches"],
  ["2xi32", "2xsi32", {}, "metadata is 2xsi32"],
  ["f32", "1xf32", {}, "metadata is 1xf32"],
];

test("compareTensors reports where tensors differ beyond the tolerance", () => {
  using instance = Instance.open();
  for (const [expectedText, actualText, options, words] of PAIRS) {
    using expected = parseTensor(instance, expectedText);
    using actual = parseTensor(instance, actualText);
    const difference = compareTensors(expected, actual, options);
    const what = `${expectedText} and ${actualText}: ${difference}`;
    if (words === undefined) assertEquals(difference, undefined, what);
    else assertStringIncludes(difference ?? "", words, what);
  }
});

test("compareTensors compares packed elements by their bytes", () => {
  using instance = Instance.open();
  using expected = parseTensor(instance, "3xi4", new Uint8Array([0x21, 3]));
  using same = parseTensor(instance, "3xi4", new Uint8Array([0x21, 3]));
  using other = parseTensor(instance, "3xi4", new Uint8Array([0x21, 4]));
  assertEquals(compareTensors(expected, same), undefined);
  assertStringIncludes(
    compareTensors(expected, other) ?? "",
    "element at index 1 (04) does not match the expected (03)",
  );
});

test("compareTensors rejects unknown options", () => {
  using instance = Instance.open();
  using tensor = parseTensor(instance, "f32=1");
  for (
    const [options, words] of [
      [{ mode: "about" }, "mode must be approximate or exact, got 'about'"],
      [{ f32Tolerance: -1 }, "got -1"],
      [{ relativeTolerance: NaN }, "got NaN"],
      [{ f16Tolerance: "1" }, "got a string"],
    ] as const
  ) {
    const error = assertThrows(
      () => compareTensors(tensor, tensor, options as CompareOptions),
      IreeError,
      words,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

test("The storage of a tensor is its memory, as bytes", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using tensor = parseTensor(device, "2xi16=1 258");
  using storage = storageOf(tensor);
  assertEquals(storage.typeName, "hal.buffer");
  using bytes = viewStorageBytes(storage);
  tensor.dispose();
  storage.dispose();
  assertEquals(bytes.format(), "4xi8=1 0 2 1");
});

test("viewStorageBytes rejects values that are not buffers", () => {
  using instance = Instance.open();
  using tensor = parseTensor(instance, "i8");
  assertThrows(
    () => viewStorageBytes(tensor as unknown as VmRef),
    IreeError,
    "native object must be of kind ref",
  );
});

test("copyToHost returns a list with tensors that the host can read", () => {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using list = List.create(instance);
  {
    using tensor = parseTensor(device, "2xi32=1 2");
    list.push(tensor);
    list.push(3, "i32");
    list.push(null);
  }
  copyToHost(list, device);
  const [tensor, number, nothing] = list.toArray();
  using view = tensor as BufferView;
  assertEquals(view.format(), "2xi32=1 2");
  assertEquals([number, nothing], [3, null]);
});

test("A list in place of a device is rejected and not kept alive", () => {
  using instance = Instance.open();
  using list = List.create(instance);
  for (const wrong of [list, instance] as unknown as Device[]) {
    assertThrows(
      () => copyToHost(list, wrong),
      IreeError,
      "native object must be of kind",
    );
  }
});

test("A scalar's type may have an x before it, as in IREE's own help", () => {
  using instance = Instance.open();
  using scalar = parseTensor(instance, "xf32=1.5");
  assertEquals(scalar.shape, []);
  assertEquals(scalar.format(), "f32=1.5");
  assertEquals(tensorByteLength("xi16"), 2);
  for (const text of ["xxf32=1", "x2xf32=1", "2xxf32=1"]) {
    assertThrows(() => parseTensor(instance, text), IreeError, "dimension");
  }
});

test("Elements that share bytes are written as the hint says", () => {
  using instance = Instance.open();
  const hint = (text: string) =>
    assertThrows(() => parseTensor(instance, text), IreeError).message;
  assertStringIncludes(hint("4xi4=1 2 3 4"), "words of 2 hexadecimal digits");
  assertStringIncludes(
    hint("4xi4=01 02 03 04"),
    "must have 2 bytes, got 4 words",
  );
  for (
    const [text, bytes] of [["4xi4=12 34", [0x12, 0x34]], ["3xi4=12", [
      0x12,
      0x12,
    ]]] as const
  ) {
    using tensor = parseTensor(instance, text);
    assertEquals(Array.from(tensor.toBytes()), [...bytes]);
  }
});

test("A floating point type of another size is not a type", () => {
  using instance = Instance.open();
  for (const type of ["f33", "f24", "bf17", "cf65", "f0"]) {
    const error = assertThrows(
      () => parseTensor(instance, `2x${type}=1`),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, `unhandled element type '${type}'`);
    assertStringIncludes(error.message, "element types: i1, i4");
    assertThrows(() => tensorByteLength(`2x${type}`), IreeError, "unhandled");
  }
});
