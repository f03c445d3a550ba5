import { assert, assertEquals, assertFalse } from "@std/assert";
import { parseRequest } from "../../lib/serve/request_json.ts";
import { numbersFromJson } from "../../lib/serve/tensor_json.ts";
import { elementTypeInfo } from "../../lib/tensor/element_type.ts";
import { test } from "../support.ts";

const COUNT = 100;

/** Numbers from 0 to 1 that are the same in each run. */
function* numbersFrom(seed: number): Generator<number> {
  while (true) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    yield seed / 2 ** 32;
  }
}

function request(datatype: string, data: string, rest = ""): string {
  return `{"inputs":[{"name":"x","shape":[${COUNT}],"datatype":"${datatype}",` +
    `"data":[${data}]}]${rest}}`;
}

const parse = (text: string) => parseRequest(new TextEncoder().encode(text));

const dataOf = (text: string) => parse(text).inputs[0]!.data;

/** What JSON.parse and a conversion of each value make of the numbers. */
function expected(element: string, data: string): unknown {
  const info = elementTypeInfo(element);
  return numbersFromJson("x", info, [COUNT], JSON.parse(`[${data}]`));
}

test("Floats of long JSON arrays are those of JSON.parse", () => {
  const random = numbersFrom(1);
  const next = () => random.next().value as number;
  const texts: readonly (() => string)[] = [
    () => `${next()}`,
    () => `${-next()}`,
    () => `${Math.fround(next())}`,
    () => next().toFixed(Math.floor(next() * 20)),
    () => (next() * 1e6).toFixed(9),
    () => `${Math.floor(next() * 1e5)}`,
    () => next().toExponential(Math.floor(next() * 18)),
    () => (next() * 1e10).toPrecision(17).replace("e", "E"),
    () => `${next()}0000000000000000000`,
    () => `${Math.floor(next() * 1e9)}00000000000`,
    // Halfway between two floats of 32 bits, and close to it.
    () => "1.000000059604644775390625",
    () => "1.00000005960464477539062500000000001",
    () => "16777217",
    () => "-0",
    () => "0.0",
    () => "1e+2",
    () => " \n7\t",
  ];
  let converted = 0;
  for (let round = 0; round < 200; round++) {
    // Numbers of one or all formats.
    const format = round % (texts.length + 1);
    const data = Array.from(
      { length: COUNT },
      (_, at) => (texts[format] ?? texts[at % texts.length]!)(),
    ).join(",");
    for (const [datatype, element] of [["FP32", "f32"], ["FP64", "f64"]]) {
      const found = dataOf(request(datatype!, data));
      if (ArrayBuffer.isView(found)) {
        assertEquals(found, expected(element!, data));
        converted++;
      } else {
        assertEquals(found, JSON.parse(`[${data}]`));
      }
    }
  }
  assert(converted > 200, `${converted} were converted`);
});

test("Integers of long JSON arrays are converted, if all fit", () => {
  const types = {
    ...{ UINT8: "ui8", UINT16: "ui16", UINT32: "ui32", UINT64: "ui64" },
    ...{ INT8: "si8", INT16: "si16", INT32: "si32", INT64: "si64" },
  };
  const list = (value: string) =>
    Array.from({ length: COUNT }, (_, at) => at === 77 ? value : `${at}`)
      .join(",");
  const isConverted = (datatype: string, value: string) =>
    ArrayBuffer.isView(dataOf(request(datatype, list(value))));
  for (const [datatype, element] of Object.entries(types)) {
    const bits = Number(/\d+/.exec(datatype)![0]);
    const isSigned = datatype.startsWith("I");
    const top = Math.min(2 ** (isSigned ? bits - 1 : bits) - 1, 1e14);
    const values = ["0", "1e1", "5.0", `${top}`, ...(isSigned ? ["-1"] : [])];
    for (const value of values) {
      assertEquals(
        dataOf(request(datatype, list(value))),
        expected(element, list(value)),
      );
    }
    const others = ["0.5", "1e30", "123456789012345678901", `${2 ** bits}`];
    for (const value of [...others, ...(isSigned ? [] : ["-1"])]) {
      assertFalse(isConverted(datatype, value), `${datatype}: ${value}`);
    }
  }
});

test("Long arrays that are not JSON are rejected as JSON.parse does", () => {
  const list = (value: string, at = 50) =>
    Array.from({ length: COUNT }, (_, index) => index === at ? value : "1.5")
      .join(",");
  const wrong = [
    ...[
      "",
      "01",
      "+1",
      ".5",
      "5.",
      "1e",
      "1e+",
      "--1",
      "-",
      "1 2",
      "1,",
      "0x1",
    ],
    ...["NaN", "Infinity", "1_0", "1.5.5", "١", "\0"],
  ];
  for (const value of wrong) {
    for (const at of [0, 50, COUNT - 1]) {
      const text = request("FP32", list(value, at));
      const { message } = failure(() => JSON.parse(text));
      assertEquals(
        failure(() => parse(text)).message,
        `INVALID_ARGUMENT: the body must be JSON: ${message}`,
      );
    }
  }
  const cut = request("FP32", list("1")).slice(0, -5);
  assert(failure(() => parse(cut)).message.includes("the body must be JSON"));
});

test("Other values, too few or too many are left as they are", () => {
  const ones = Array(COUNT).fill("1");
  const others = [
    [...ones, "1"],
    ones.slice(1),
    ["null", ...ones.slice(1)],
    [...ones.slice(1), "true"],
    [...ones.slice(1), '"1"'],
    [...ones.slice(1), "[1]"],
    [...ones.slice(1), "1e39"],
    [...ones.slice(1), "1e-60"],
  ];
  for (const values of others) {
    const text = `${values}`;
    assertEquals(dataOf(request("FP32", text)), JSON.parse(`[${text}]`));
  }
  for (const datatype of ["FP16", "BF16", "BOOL", "BYTES", "FP99"]) {
    assertEquals(
      dataOf(request(datatype, `${ones}`)),
      ones.map(Number),
    );
  }
});

test("Long arrays elsewhere in a request are left to JSON.parse", () => {
  const ones = `${Array(COUNT).fill("1")}`;
  const parameters =
    parse(request("FP32", ones, `,"parameters":{"a":[${ones}]}`))
      .parameters;
  assertEquals(parameters, { a: Array(COUNT).fill(1) });
  // The last of two equal names counts, and a text is not a mark.
  const twice = request("FP32", `${ones}],"data":[1,2`);
  assertEquals(dataOf(twice), [1, 2]);
  const mark = `{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES",` +
    `"data":["\\u00000"]},{"name":"y","shape":[${COUNT}],"datatype":"FP32",` +
    `"data":[${ones}]}]}`;
  assertEquals(dataOf(mark), ["\0" + "0"]);
  const named = request("FP32", ones, ',"id":"\\"[1"');
  assertEquals([parse(named).id, dataOf(named)!.length], ['"[1', COUNT]);
});

function failure(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
