import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type ElementType,
  IreeError,
  type NdArray,
  type StatusCode,
} from "../../mod.ts";
import {
  decodeNpy,
  encodeNpy,
  NpyFile,
  type NpyOptions,
  readNpy,
  writeNpy,
} from "../../lib/npy/mod.ts";
import { mustRun, TemporaryFolder, test } from "../support.ts";
import { header, withHeader } from "./made_headers.ts";

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
