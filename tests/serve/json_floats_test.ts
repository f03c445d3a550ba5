import { assertEquals } from "@std/assert";
import { findArrayEnd, readJsonFloats } from "../../ffi/json_floats.ts";
import { cutNumbers } from "../../lib/serve/cut_numbers.ts";
import { parseRequest } from "../../lib/serve/request_json.ts";
import { Random } from "../mutations/random.ts";
import { test } from "../support.ts";

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function read(text: string, count: number): Float32Array | undefined {
  return readJsonFloats(bytesOf(text), count);
}

test("Numbers of JSON become the floats that JSON.parse gives", () => {
  const random = new Random(16);
  const bits = new DataView(new ArrayBuffer(8));
  const texts: string[] = ["-0", "0e5", "0.000", "1E+2", "1e-0002", "16777217"];
  for (let at = 0; at < 20_000; at++) {
    bits.setUint32(0, random.u32());
    bits.setUint32(4, random.u32());
    for (const value of [bits.getFloat32(0), bits.getFloat64(0)]) {
      if (!Number.isFinite(value)) continue;
      texts.push(String(value), value.toExponential(1 + at % 18));
      const whole = BigInt(Math.trunc(value));
      texts.push(`${whole}.0`, `${whole}.5`);
      const small = value % 1000;
      texts.push(small.toPrecision(1 + at % 18), small.toFixed(at % 10));
    }
  }
  let known = 0;
  for (const text of texts) {
    const wanted = Math.fround(JSON.parse(text));
    const found = read(text, 1);
    if (found === undefined) continue;
    known++;
    if (!Object.is(found[0], wanted)) {
      assertEquals([text, found[0]], [text, wanted]);
    }
  }
  // Others are too large or too small, or parsed by JSON.parse.
  assertEquals(known > texts.length / 2, true, `${known} of ${texts.length}`);
});

test("Floats of all kinds are read from JSON at once", () => {
  const random = new Random(17);
  const values = Float32Array.from(
    { length: 5000 },
    (_, at) => (random.below(2 ** 24) / 2 ** 24 - 0.5) * 10 ** (at % 30 - 15),
  );
  for (const separator of [",", ", ", " ,\n\t", "\r\n,"]) {
    const text = ` ${values.join(separator)} `;
    assertEquals(read(text, values.length), values);
    assertEquals(read(text, values.length - 1), undefined);
    assertEquals(read(text, values.length + 1), undefined);
  }
});

test("The end of an array is its first closing bracket", () => {
  const text = bytesOf("[1, [2], 3]");
  assertEquals([0, 6, 7, 11].map((at) => findArrayEnd(text, at)), [
    6,
    6,
    10,
    -1,
  ]);
  assertEquals(findArrayEnd(bytesOf(""), 0), -1);
});

test("Other text than an array of floats is not read", () => {
  const texts = [
    ..."|1,|,1|1 2|1,,2|01|-|+1|.5|1.|1.e5|1e|1e+|0x10|--1|1-|1_0|NaN|Infinity"
      .split("|"),
    ...'-Infinity|null|true|"1"|[1]|1]|1\0|1e39|-1e39|1e-46|1e999|1e-999'
      .split("|"),
    "\u00a01",
    "1".repeat(400),
    `0.${"0".repeat(400)}1`,
    // They overflow 64 bits, to zero.
    "18446744073709551616.0",
    "340282346638528859811704183484516925440.000000",
    "1000000015047466219876688855040.5",
    // Halfway between two floats, and a little more than that.
    "1.00000005960464477539062500001",
  ];
  for (const text of texts) {
    for (const count of [1, 2, 3]) {
      assertEquals(read(text, count), undefined, text);
    }
  }
  assertEquals(read("", 0), new Float32Array(0));
  assertEquals(read(" 1", 2 ** 31), undefined);
});

/** A request whose JSON is long enough to be cut. */
function request(inputs: string, rest = ""): string {
  return `{"inputs":[${inputs}]${rest}}`;
}

const VALUES = Array.from({ length: 300 }, (_, at) => at / 7 - 20);

function input(name: string, shape: string, data: string): string {
  return `{"name":"${name}","shape":${shape},"datatype":"FP32","data":${data}}`;
}

const LONG = input("x", "[300]", JSON.stringify(VALUES));

test("Long inputs of FP32 are read without arrays of numbers", () => {
  for (
    const text of [
      request(LONG),
      request(
        `${LONG},${input("y", "[3,100]", JSON.stringify(VALUES, null, 1))}`,
      ),
      request(`${input("y", "[1]", "[0]")},${LONG}`, `,"id":"1"`),
    ]
  ) {
    for (const { data } of parseRequest(bytesOf(text)).inputs) {
      assertEquals(data instanceof Float32Array, true, text.slice(0, 80));
    }
  }
});

test("Requests are read as JSON.parse reads them", () => {
  const texts = [
    request(LONG),
    request(LONG, `,"parameters":{"data":[1,2,3]}`),
    request(LONG, `,"parameters":{"data":[0]}`),
    request(LONG, `,"inputs":[${input("x", "[1]", "[0]")}]`),
    request(`${LONG.slice(0, -1)},"data":[0],"shape":[1]}`),
    request(`${LONG.slice(0, -1)},"d\\u0061ta":[0],"shape":[1]}`),
    request(LONG, `,"id":"\\"data\\":[1]"`),
    request(LONG, `,"id":"\\\\"`),
    request(LONG, `,"id":"ü"`),
    request(LONG, `,"id":"${"a".repeat(2000)}"`),
    request(`${LONG},{"name":"s","shape":[1],"datatype":"BYTES","data":["]"]}`),
    request(`${LONG},{"name":"s","shape":[2],"datatype":"INT64","data":[0,1]}`),
    request(Array(70).fill(LONG).join()),
    request(
      input(
        "x",
        "[2,150]",
        JSON.stringify([VALUES.slice(150), VALUES.slice(150)]),
      ),
    ),
    request(input("x", "[300]", `[${VALUES}]`).replace('"data"', '"data" \n')),
    request(input("x", "[301]", `[${VALUES},16777217]`)),
    request(input("x", "[301]", `[${VALUES},1e-60]`)),
    request(input("x", "[301]", `[${VALUES},"0"]`)),
    request(input("x", "[301]", `[${VALUES},"]"]`)),
    request(input("x", "[301]", `[${VALUES},[1]]`)),
    request(input("x", "[2]", `[${VALUES}]`)),
    request(input("x", '["300"]', `[${VALUES}]`)).replace('"300"', "300.0"),
  ];
  for (const text of texts) {
    const wanted = JSON.parse(text);
    const found = parseRequest(bytesOf(text));
    assertEquals(found.inputs.length, wanted.inputs.length, text.slice(0, 99));
    for (const [at, { data, shape }] of found.inputs.entries()) {
      const { data: numbers } = wanted.inputs[at];
      assertEquals(shape, wanted.inputs[at].shape);
      assertEquals(
        data instanceof Float32Array ? [...data] : data,
        data instanceof Float32Array ? numbers.map(Math.fround) : numbers,
        text.slice(-99),
      );
    }
    assertEquals(found.parameters, wanted.parameters ?? {});
    assertEquals(found.id, wanted.id);
  }
});

test("Long integers beside long inputs of FP32 keep their digits", () => {
  const long = `{"name":"i","shape":[1,1],"datatype":"INT64",` +
    `"data":[[9007199254740993]]}`;
  const { inputs } = parseRequest(bytesOf(request(`${LONG},${long}`)));
  assertEquals(inputs[1]!.data, [[9007199254740993n]]);
});

test("What is not JSON is rejected after its numbers were cut, too", () => {
  for (
    const text of [
      request(input("x", "[301]", `[${VALUES},01]`)),
      request(input("x", "[301]", `[${VALUES},]`)),
      request(input("x", "[300]", `[${VALUES}`)),
      request(LONG) + "x",
      request(LONG).replace('"x"', '"x'),
      request(LONG).replace('"data"', '"a"data"'),
    ]
  ) {
    let message = "";
    try {
      parseRequest(bytesOf(text));
    } catch (error) {
      message = String(error);
    }
    assertEquals(
      /the body must be JSON/.test(message),
      true,
      text.slice(0, 99),
    );
  }
});

test("Numbers are cut from JSON up to their bracket", () => {
  const bytes = bytesOf(request(LONG));
  const { text, contents } = cutNumbers(bytes)!;
  assertEquals(text, request(input("x", "[300]", "[0]")));
  assertEquals(contents.map((it) => it.length), [String(VALUES).length]);
  assertEquals(
    cutNumbers(bytesOf(request(input("x", "[1]", "[1]")))),
    undefined,
  );
});
