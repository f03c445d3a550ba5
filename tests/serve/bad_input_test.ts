import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { binaryRequest, echo, slow, TestServer } from "./support.ts";

const input = (more: object = {}) => ({
  name: "input0",
  datatype: "FP32",
  shape: [1, 4],
  data: [1, 2, 3, 4],
  ...more,
});

const WRONG: readonly (readonly [body: unknown, message: string])[] = [
  ["", "the body must be JSON: Unexpected end of JSON input"],
  ["[1]", "the request must be an object, got an array"],
  [{}, "inputs must be an array, got nothing"],
  [{ inputs: [1] }, "inputs[0] must be an object, got a number"],
  [{ inputs: [] }, "input 'input0' is missing: FP32 [-1, 4]"],
  [{ inputs: [input()], id: 5 }, "id must be a string, got a number"],
  [
    { inputs: [input({ name: 5 })] },
    "inputs[0]: name must be a string, got a number",
  ],
  [
    { inputs: [input({ name: "y" })] },
    "model 'score' has no input 'y'; it has 'input0'",
  ],
  [
    { inputs: [input(), input()] },
    "input 'input0' must be given once, got twice",
  ],
  [
    { inputs: [input({ datatype: "FP64" })] },
    "input 'input0': datatype must be FP32, got FP64",
  ],
  [
    { inputs: [input({ datatype: undefined })] },
    "input 'input0': datatype must be a string, got nothing",
  ],
  [
    { inputs: [input({ shape: [4] })] },
    "input 'input0': shape must be [-1, 4], got [4]",
  ],
  [
    { inputs: [input({ shape: [1, 5] })] },
    "input 'input0': shape must be [-1, 4], got [1, 5]",
  ],
  [
    { inputs: [input({ shape: [-1, 4] })] },
    "input 'input0': shape must have non-negative integers, got -1",
  ],
  [
    { inputs: [input({ shape: [1e12, 1e12] })] },
    "input 'input0': shape has too many elements: [1000000000000,1000000000000]",
  ],
  [
    { inputs: [input({ shape: [2 ** 40, 4] })] },
    "input 'input0': data must have 4398046511104 elements, those of shape [1099511627776,4], got 4",
  ],
  [
    { inputs: [input({ data: [1, 2] })] },
    "input 'input0': data must have 4 elements, those of shape [1,4], got 2",
  ],
  [
    { inputs: [input({ data: [[1, 2], [3, 4]] })] },
    "input 'input0': data must be nested as shape [1,4], got 2 elements in dimension 0",
  ],
  [
    { inputs: [input({ data: [1, [2], 3, 4] })] },
    "input 'input0': data[1] must be 0, a number of size 1.4e-45 to 3.4e38, an infinity or NaN for FP32, got an array",
  ],
  [
    { inputs: [input({ shape: [2, 4], data: [[1, 2, 3, 4], 5] })] },
    "input 'input0': data must be nested as shape [2,4], got 5 in dimension 0",
  ],
  [
    { inputs: [input({ data: [1, 2, 3, "4"] })] },
    "input 'input0': data[3] must be 0, a number of size 1.4e-45 to 3.4e38, an infinity or NaN for FP32, got \"4\"",
  ],
  [
    { inputs: [input({ data: [1, 2, 3, 1e39] })] },
    "input 'input0': data[3] must be 0, a number of size 1.4e-45 to 3.4e38, an infinity or NaN for FP32, got 1e+39",
  ],
  [
    { inputs: [input({ data: undefined })] },
    "input 'input0' must have data or binary_data_size, got neither",
  ],
  [
    { inputs: [input({ parameters: { binary_data_size: 16 } })] },
    "input 'input0' must have data or binary_data_size, got both",
  ],
  [
    { inputs: [input()], outputs: [{ name: "y" }] },
    "model 'score' has no output 'y'; it has 'output0'",
  ],
  [
    { inputs: [input()], parameters: { binary_data_output: 1 } },
    "parameter 'binary_data_output' must be a boolean, got 1",
  ],
];

test("Requests that do not fit are answered with 400, the input and what it must be", async () => {
  await using server = new TestServer();
  for (const [body, message] of WRONG) {
    assertEquals(await server.refusal("score", body), [400, message]);
  }
});

// Texts that are decoded fast must be UTF-8, too.
test("Bytes that are not UTF-8 are answered with 400, and texts pass as they are", async () => {
  await using server = new TestServer();
  server.server.add(
    "texts",
    echo({ name: "x", elementType: "bytes", shape: [1] }),
  );
  const send = async (text: string, ...wrong: readonly number[]) => {
    const json = JSON.stringify({
      inputs: [{ name: "x", datatype: "BYTES", shape: [1], data: [text] }],
    });
    const [head, tail] = json.split("HERE").map((it) =>
      new TextEncoder().encode(it)
    );
    const body = new Uint8Array([...head!, ...wrong, ...tail ?? []]);
    const path = "/v2/models/texts/infer";
    const response = await server.send(path, { method: "POST", body });
    const { error, outputs } = await response.json();
    return error ?? outputs[0].data[0];
  };
  for (const text of ["plain", "größer 😀", "\ufffd", "\ufeffmark"]) {
    assertEquals(await send(text), text);
  }
  for (
    const wrong of [[0xff], [0xc3], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80]]
  ) {
    assertMatch(await send("aHEREb", ...wrong), /^the body must be JSON: /);
  }
});

test("JSON that is nested deeply is answered with 400", async () => {
  await using server = new TestServer();
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  for (const more of ["", ',"x":12345678901234567']) {
    const [status] = await server.refusal("score", `{"inputs":${deep}${more}}`);
    assertEquals(status, 400);
  }
});

test("Sizes of binary data that lie are answered with 400", async () => {
  await using server = new TestServer();
  const send = async (size: unknown, length: number, header?: string) => {
    const request = binaryRequest({
      inputs: [
        input({ data: undefined, parameters: { binary_data_size: size } }),
      ],
    }, new Uint8Array(length));
    if (header !== undefined) {
      request.headers = { "inference-header-content-length": header };
    }
    const response = await server.send("/v2/models/score/infer", request);
    return [response.status, (await response.json()).error];
  };
  assertEquals(await send(16, 8), [
    400,
    "input 'input0': binary_data_size must be at most the 8 bytes that are " +
    "left, got 16",
  ]);
  assertEquals(await send(16, 20), [
    400,
    "the body must end after the binary data of its inputs, got 4 bytes more",
  ]);
  assertEquals(await send(8, 8), [
    400,
    "input 'input0': binary data must have 16 bytes, those of shape [1,4] of " +
    "FP32, got 8",
  ]);
  assertEquals(await send(-1, 8), [
    400,
    "input 'input0': binary_data_size must be a non-negative integer, got -1",
  ]);
  for (const header of ["-1", "x", "1e3", "100000"]) {
    assertEquals((await send(16, 16, header))[0], 400, header);
  }
});

test("BYTES whose lengths lie are answered with 400", async () => {
  await using server = new TestServer();
  server.server.add(
    "echo",
    echo({ name: "x", elementType: "bytes", shape: [null] }),
  );
  const send = async (shape: number[], bytes: number[]) => {
    const response = await server.send(
      "/v2/models/echo/infer",
      binaryRequest({
        inputs: [{
          name: "x",
          datatype: "BYTES",
          shape,
          parameters: { binary_data_size: bytes.length },
        }],
      }, new Uint8Array(bytes)),
    );
    return [response.status, (await response.json()).error];
  };
  for (const bytes of [[1, 0, 0], [2, 0, 0, 0, 65], [255, 255, 255, 255]]) {
    assertEquals(await send([1], bytes), [
      400,
      `input 'x': element 0 of BYTES must end within the ${bytes.length} bytes ` +
      "of the binary data",
    ]);
  }
  assertEquals((await send([2], [0, 0, 0, 0]))[0], 400);
  assertEquals((await send([1], [0, 0, 0, 0, 9]))[0], 400);
});

test("Unknown models, versions and paths are answered with 404", async () => {
  await using server = new TestServer();
  const get = async (path: string, method = "GET") => {
    const response = await server.send(path, { method });
    return [response.status, (await response.json()).error];
  };
  assertEquals(await get("/v2/models/none"), [
    404,
    "no model 'none'; models: score, add, scale",
  ]);
  assertEquals(await get("/v2/models/none/infer", "POST"), [
    404,
    "no model 'none'; models: score, add, scale",
  ]);
  assertEquals(await get("/v2/models/add/versions/9/ready"), [
    404,
    "model 'add' has no version '9'; it has 1",
  ]);
  assertEquals(await get("/v2/nothing"), [
    404,
    "no path /v2/nothing; see GET /v2",
  ]);
  assertEquals((await get("/v2/models/__proto__"))[0], 404);
  assertEquals((await get("/v2/models/%ff"))[0], 400);
  assertEquals(await get("/v2/models/add/infer"), [
    405,
    "the method of /v2/models/add/infer must be POST, got GET",
  ]);
});

test("A body over the limit is answered with 413 before it is read whole", async () => {
  await using server = new TestServer({ maxRequestBytes: 1000 });
  const declared = await server.send("/v2/models/score/infer", {
    method: "POST",
    headers: { "content-length": "1001" },
    body: "x",
  });
  assertEquals([declared.status, await declared.json()], [413, {
    error: "the body must have at most 1000 bytes",
  }]);
  // Ends only if it is cancelled.
  let chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      chunks++;
      controller.enqueue(new Uint8Array(100));
    },
  });
  const streamed = await server.send("/v2/models/score/infer", {
    method: "POST",
    body: endless,
  });
  assertEquals(streamed.status, 413);
  assertEquals(chunks < 20, true);
});

test("JSON with too many values is answered with 413 before it is parsed", async () => {
  await using server = new TestServer();
  const text = { name: "t", elementType: "bytes", shape: [null] } as const;
  server.server.add("text", echo(text));
  const message = (what: string, count: number) => [
    413,
    `${what} must have at most 1000000 strings, arrays and objects, got ` +
    `${count}; send numbers in one array or as binary data`,
  ];
  for (const value of ["[]", "{}", '""']) {
    const body = `{"inputs":[${`${value},`.repeat(1_000_000)}1]}`;
    assertEquals(
      await server.refusal("text", body),
      message("the JSON", 1_000_003),
    );
  }
  for (const value of ['"data":[1]', '{"name":"t","data":[1]}']) {
    const body = `{"inputs":[${`${value},`.repeat(600_000)}1]}`;
    assertEquals((await server.refusal("text", body))[0], 413);
  }
  const numbers = `{"inputs":[${"1,".repeat(1_000_000)}1]}`;
  assertEquals((await server.refusal("text", numbers))[0], 400);
  const count = 1_000_001;
  const empty = new Uint8Array(4 * count);
  const input = {
    ...{ name: "t", datatype: "BYTES", shape: [count] },
    parameters: { binary_data_size: empty.length },
  };
  const response = await server.send(
    "/v2/models/text/infer",
    binaryRequest({ inputs: [input] }, empty),
  );
  const { error } = await response.json();
  assertEquals([response.status, error], message("input 't'", count));
});

test("A body in an unknown encoding is answered with 415", async () => {
  await using server = new TestServer();
  const response = await server.send("/v2/models/score/infer", {
    method: "POST",
    headers: { "content-encoding": "br" },
    body: "x",
  });
  assertEquals([response.status, await response.json()], [415, {
    error: "content-encoding must be identity, gzip or deflate, got 'br'",
  }]);
});

test("Pages of other sites send no requests to a server without tokens", async () => {
  await using server = new TestServer();
  const ask = async (headers: Record<string, string>, method = "POST") => {
    const body = JSON.stringify({ inputs: [input()] });
    const { status } = await server.send("/v2/models/score/infer", {
      method,
      headers,
      ...(method === "POST" ? { body } : {}),
    });
    return status;
  };
  assertEquals(await ask({}), 200);
  assertEquals(await ask({ origin: "http://test" }), 200);
  assertEquals(await ask({ origin: "https://test" }), 200);
  assertEquals(await ask({ origin: "http://evil.example" }), 403);
  assertEquals(await ask({ origin: "http://test:81" }), 403);
  assertEquals(await ask({ origin: "null" }), 403);
  // A proxy may change the host; the browser's own word counts.
  const origin = "https://public.example";
  assertEquals(await ask({ origin, "sec-fetch-site": "same-origin" }), 200);
  assertEquals(
    await ask({ origin: "http://test", "sec-fetch-site": "cross-site" }),
    403,
  );
  // It only reads.
  assertEquals(await ask({ origin: "http://evil.example" }, "GET"), 405);
});

test("Pages of other sites may send requests with a token", async () => {
  await using server = new TestServer({ authTokens: ["secret"] });
  const { status } = await server.send("/v2/models/score/infer", {
    method: "POST",
    headers: { origin: "http://app.example", authorization: "Bearer secret" },
    body: JSON.stringify({ inputs: [input()] }),
  });
  assertEquals(status, 200);
});

test("A full queue is answered with 429 and Retry-After", async () => {
  await using server = new TestServer();
  const { model, open } = slow();
  server.server.add("slow", model, { maxQueue: 1 });
  const first = server.infer("slow", { inputs: [] });
  const second = server.infer("slow", { inputs: [] });
  const third = await server.infer("slow", { inputs: [] });
  assertEquals([third.status, third.headers.get("retry-after")], [429, "1"]);
  assertEquals(await third.json(), {
    error: "the queue is full: 1 requests wait",
  });
  open();
  assertEquals([(await first).status, (await second).status], [200, 200]);
});

test("A request that takes too long is answered with 504", async () => {
  await using server = new TestServer({ requestTimeout: 50 });
  const { model, open, signals } = slow();
  server.server.add("slow", model);
  // On a busy machine, it can be too late before the model is called.
  for (let tries = 0; tries < 100 && signals.length === 0; tries++) {
    assertEquals(await server.refusal("slow", { inputs: [] }), [
      504,
      "no answer within the 0.05 s of the request timeout",
    ]);
  }
  assertEquals(signals[0]?.aborted, true);
  open();
});

test("A client that has gone frees its place in the queue", async () => {
  await using server = new TestServer();
  const { model, open } = slow();
  server.server.add("slow", model, { maxQueue: 1 });
  const first = server.infer("slow", { inputs: [] });
  const controller = new AbortController();
  const gone = server.send("/v2/models/slow/infer", {
    method: "POST",
    body: '{"inputs":[]}',
    signal: controller.signal,
  });
  await waitUntil(() => server.server.activeRequests === 2, "both came");
  controller.abort();
  assertEquals((await gone).status, 499);
  const next = server.infer("slow", { inputs: [] });
  open();
  assertEquals([(await first).status, (await next).status], [200, 200]);
});

test("A model that fails is answered with 500, without its secrets", async () => {
  await using server = new TestServer();
  server.server.add("broken", {
    inputs: [],
    outputs: [],
    run: () => Promise.reject(new Error("/secret/path")),
  });
  assertEquals(await server.refusal("broken", { inputs: [] }), [
    500,
    "the model failed: INTERNAL",
  ]);
});
