import { assertEquals } from "@std/assert";
import { load } from "../../mod.ts";
import { program, test } from "../support.ts";
import { binaryRequest, binaryResponse, echo, TestServer } from "./support.ts";

const elements = await program("elements.mlir");

const bytesOf = (data: ArrayBufferView<ArrayBuffer>) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

test("Inference with JSON, flat and nested, by the names of the program", async () => {
  await using server = new TestServer();
  const a = { name: "a", datatype: "INT32", shape: [2, 2], data: [1, 2, 3, 4] };
  const b = {
    name: "b",
    datatype: "INT32",
    shape: [2, 2],
    data: [[10, 20], [30, 40]],
  };
  const response = await server.infer("add", {
    id: "7",
    parameters: { any: 1 },
    inputs: [b, a],
  });
  assertEquals(response.headers.get("content-type"), "application/json");
  const data = (values: number[]) => ({
    datatype: "INT32",
    shape: [2, 2],
    data: values,
  });
  const sum = { name: "sum", ...data([11, 22, 33, 44]) };
  const difference = { name: "difference", ...data([-9, -18, -27, -36]) };
  assertEquals(await response.json(), {
    model_name: "add",
    model_version: "1",
    id: "7",
    outputs: [sum, difference],
  });
  const one = await server.infer("add/versions/1", {
    inputs: [a, b],
    outputs: [{ name: "difference" }],
  });
  assertEquals((await one.json()).outputs, [difference]);
});

test("Scalars are tensors without dimensions", async () => {
  await using server = new TestServer();
  const response = await server.infer("scale", {
    inputs: [
      { name: "input0", datatype: "FP32", shape: [2], data: [1.5, -2] },
      { name: "input1", datatype: "FP32", shape: [], data: [2] },
    ],
  });
  assertEquals((await response.json()).outputs[0].data, [3, -4]);
});

test("Inference with binary data, mixed with JSON by input and output", async () => {
  await using server = new TestServer();
  const a = new Int32Array([1, 2]);
  const head = (name: string) => ({ name, datatype: "INT32", shape: [1, 2] });
  const inputs = [
    { ...head("a"), parameters: { binary_data_size: a.byteLength } },
    { ...head("b"), data: [10, 20] },
  ];
  const send = async (more: object) =>
    await binaryResponse(
      await server.send(
        "/v2/models/add/infer",
        binaryRequest({ inputs, ...more }, bytesOf(a)),
      ),
    );
  const all = await send({ parameters: { binary_data_output: true } });
  assertEquals(all.json.outputs, [
    { ...head("sum"), parameters: { binary_data_size: 8 } },
    { ...head("difference"), parameters: { binary_data_size: 8 } },
  ]);
  assertEquals(
    new Int32Array(all.binary.buffer),
    new Int32Array([11, 22, -9, -18]),
  );
  const mixed = await send({
    outputs: [
      { name: "difference", parameters: { binary_data: true } },
      { name: "sum" },
    ],
  });
  assertEquals(mixed.json.outputs, [
    { ...head("difference"), parameters: { binary_data_size: 8 } },
    { ...head("sum"), data: [11, 22] },
  ]);
  assertEquals(new Int32Array(mixed.binary.buffer), new Int32Array([-9, -18]));
});

const TYPES = [
  ["BOOL", "i1", new Uint8Array([1, 0]), [true, false]],
  ["INT8", "i8", new Int8Array([-128, 127]), [-128, 127]],
  ["UINT8", "ui8", new Uint8Array([0, 255]), [0, 255]],
  ["INT16", "si16", new Int16Array([-32768, 7]), [-32768, 7]],
  ["UINT16", "ui16", new Uint16Array([0, 65535]), [0, 65535]],
  ["INT32", "i32", new Int32Array([-(2 ** 31), 7]), [-(2 ** 31), 7]],
  ["UINT32", "ui32", new Uint32Array([0, 2 ** 32 - 1]), [0, 2 ** 32 - 1]],
  [
    "INT64",
    "i64",
    new BigInt64Array([-(2n ** 63n), 7n]),
    "[-9223372036854775808,7]",
  ],
  [
    "UINT64",
    "ui64",
    new BigUint64Array([2n ** 64n - 1n, 0n]),
    "[18446744073709551615,0]",
  ],
  ["FP16", "f16", new Float16Array([0.5, -65504]), [0.5, -65504]],
  ["BF16", "bf16", new Uint16Array([0x3f80, 0xc000]), [1, -2]],
  ["FP32", "f32", new Float32Array([0.5, -3.25]), [0.5, -3.25]],
  ["FP64", "f64", new Float64Array([0.1, -1e300]), [0.1, -1e300]],
] as const;

test("Every data type of numbers passes as JSON and as binary data", async () => {
  await using server = new TestServer();
  using program = load(elements);
  for (const [datatype, elementType, array, json] of TYPES) {
    const name = `same_${elementType}`;
    server.server.add(elementType, program, { function: name });
    const head = { name: "input0", datatype, shape: [1, 2] };
    const data = typeof json === "string" ? json : JSON.stringify(json);
    const text = await (await server.infer(
      elementType,
      `{"inputs":[{"name":"input0","datatype":"${datatype}","shape":[1,2],` +
        `"data":${data}}]}`,
    )).text();
    assertEquals(text.match(/"data":(\[.*?\])/)?.[1], data, datatype);
    const parameters = { binary_data_size: array.byteLength };
    const { json: { outputs: [output] }, binary } = await binaryResponse(
      await server.send(
        `/v2/models/${elementType}/infer`,
        binaryRequest({
          // Misaligns the binary data in most cases.
          id: "x".repeat(array.byteLength % 7),
          inputs: [{ ...head, parameters }],
          parameters: { binary_data_output: true },
        }, bytesOf(array)),
      ),
    );
    assertEquals(output.datatype, datatype);
    assertEquals(binary, bytesOf(array));
  }
});

test("Signless integers accept unsigned data", async () => {
  await using server = new TestServer();
  using program = load(elements);
  server.server.add("i8", program, { function: "same_i8" });
  const response = await server.infer("i8", {
    inputs: [{ name: "input0", datatype: "UINT8", shape: [1, 1], data: [255] }],
  });
  assertEquals((await response.json()).outputs[0].data, [-1]);
});

test("BYTES pass as JSON and as binary data through a model in TypeScript", async () => {
  await using server = new TestServer();
  server.server.add(
    "echo",
    echo({ name: "texts", elementType: "bytes", shape: [null] }),
  );
  const texts = ["", "a", "größer 😀"];
  const head = { name: "texts", datatype: "BYTES", shape: [3] };
  const json = await server.infer("echo", {
    inputs: [{ ...head, data: texts }],
  });
  assertEquals((await json.json()).outputs, [{ ...head, data: texts }]);
  const elements = texts.map((it) => new TextEncoder().encode(it));
  const parts = elements.flatMap((it) => [
    bytesOf(new Uint32Array([it.length])),
    it,
  ]);
  const size = parts.reduce((sum, it) => sum + it.length, 0);
  const { binary } = await binaryResponse(
    await server.send(
      "/v2/models/echo/infer",
      binaryRequest({
        inputs: [{ ...head, parameters: { binary_data_size: size } }],
        parameters: { binary_data_output: true },
      }, ...parts),
    ),
  );
  assertEquals(binary, await new Blob(parts).bytes());
});

test("Results that JSON cannot represent name the other way", async () => {
  await using server = new TestServer();
  const inputs = [
    { name: "input0", datatype: "FP32", shape: [2], data: [3e38, 1] },
    { name: "input1", datatype: "FP32", shape: [], data: [10] },
  ];
  assertEquals(await server.refusal("scale", { inputs }), [
    400,
    "output 'output0' has NaN or Infinity, which JSON cannot represent; request " +
    'it with "parameters": {"binary_data": true}',
  ]);
});

test("Compressed bodies are read", async () => {
  await using server = new TestServer();
  const text = JSON.stringify({
    inputs: [
      {
        name: "input0",
        datatype: "FP32",
        shape: [2, 4],
        data: [1, 0, 0, 0, 2, 0, 0, 0],
      },
    ],
  });
  const stream = new Blob([text]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  const response = await server.send("/v2/models/score/infer", {
    method: "POST",
    body: stream,
    headers: { "content-encoding": "gzip" },
  });
  assertEquals((await response.json()).outputs[0].data, [1, 2]);
});

test("Joined requests get their own answers", async () => {
  await using server = new TestServer();
  using program = load(elements);
  server.server.add("same", program, {
    function: "same_f32",
    batching: { maxSize: 8 },
  });
  const answers = await Promise.all([1, 2, 3].map(async (it) => {
    const response = await server.infer("same", {
      inputs: [{ name: "input0", datatype: "FP32", shape: [1, 1], data: [it] }],
    });
    return (await response.json()).outputs[0].data[0];
  }));
  assertEquals(answers, [1, 2, 3]);
});

test("BYTES reach a program as its buffers", async () => {
  using buffers = load(await program("byte_buffers.mlir"));
  await using server = new TestServer();
  server.server.add("measure", buffers, { function: "measure" });
  server.server.add("none", buffers, { function: "none" });
  server.server.add("half", buffers, { function: "half" });
  const text = { name: "input0", datatype: "BYTES", shape: [1] };
  const factor = { name: "input1", datatype: "INT64", shape: [1], data: [2] };
  const response = await server.infer("measure", {
    inputs: [{ ...text, data: ["größer"] }, factor],
  });
  assertEquals((await response.json()).outputs, [
    { name: "output0", datatype: "BYTES", shape: [1], data: ["größer"] },
    { name: "output1", datatype: "INT64", shape: [1], data: [16] },
  ]);
  assertEquals(
    await server.refusal("measure", {
      inputs: [{ ...text, shape: [2], data: ["a", "b"] }, factor],
    }),
    [400, "input 'input0': shape must be [1], got [2]"],
  );
  // The buffer beside the missing one is released.
  for (const name of ["none", "half"]) {
    const [status, error] = await server.refusal(name, {
      inputs: [{ name: "input0", datatype: "INT32", shape: [1], data: [1] }],
    });
    assertEquals(status, 500);
    assertEquals(error, "the model failed: FAILED_PRECONDITION");
  }
});
