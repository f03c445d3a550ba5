import { assertEquals } from "@std/assert";
import { waitUntil } from "../waiting.ts";
import {
  callFailure,
  GrpcClient,
  tensor,
  testWithGrpc,
} from "./grpc_client.ts";
import { EMPTY, type InferRequest } from "../../lib/serve/grpc/messages.ts";
import { SERVER_METADATA } from "../../lib/serve/grpc/messages.ts";
import { echo, slow, TestServer } from "./support.ts";

const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const input = tensor("input0", "FP32", [1, 4]);
const good = new Uint8Array(16);

const contents = (members: object) => ({
  bool_contents: [],
  int_contents: [],
  int64_contents: [],
  uint_contents: [],
  uint64_contents: [],
  fp32_contents: [],
  fp64_contents: [],
  bytes_contents: [],
  ...members,
});

const region = (name: string) => [{
  key: "shared_memory_region",
  value: {
    bool_param: undefined,
    int64_param: undefined,
    string_param: name,
    double_param: undefined,
    uint64_param: undefined,
  },
}];

const WRONG: readonly (readonly [
  request: Partial<InferRequest>,
  message: string,
])[] = [
  [{}, "input 'input0' is missing: FP32 [-1, 4]"],
  [
    { inputs: [tensor("y", "FP32", [1, 4])], raw_input_contents: [good] },
    "model 'score' has no input 'y'; it has 'input0'",
  ],
  [
    { inputs: [input, input], raw_input_contents: [good, good] },
    "input 'input0' must be given once, got twice",
  ],
  [
    { inputs: [tensor("input0", "FP64", [1, 4])], raw_input_contents: [good] },
    "input 'input0': datatype must be FP32, got FP64",
  ],
  [
    { inputs: [tensor("input0", "FP32", [1, 5])], raw_input_contents: [good] },
    "input 'input0': shape must be [-1, 4], got [1, 5]",
  ],
  [
    { inputs: [tensor("input0", "FP32", [-1, 4])], raw_input_contents: [good] },
    "input 'input0': shape must have non-negative integers, got -1",
  ],
  [
    {
      inputs: [tensor("input0", "FP32", [2 ** 40, 2 ** 40])],
      raw_input_contents: [good],
    },
    "input 'input0': shape has too many elements: [1099511627776,1099511627776]",
  ],
  [
    { inputs: [input], raw_input_contents: [new Uint8Array(8)] },
    "input 'input0': binary data must have 16 bytes, those of shape [1,4] of " +
    "FP32, got 8",
  ],
  [
    { inputs: [input], raw_input_contents: [good, good] },
    "raw_input_contents must have one entry for each of the 1 inputs, got 2",
  ],
  [
    {
      inputs: [{ ...input, contents: contents({ fp32_contents: [1, 2] }) }],
      raw_input_contents: [good],
    },
    "input 'input0' must be in contents or raw_input_contents, got both",
  ],
  [
    { inputs: [{ ...input, contents: contents({ fp32_contents: [1, 2] }) }] },
    "input 'input0': fp32_contents must have 4 elements, those of shape [1,4], " +
    "got 2",
  ],
  [
    { inputs: [{ ...input, contents: contents({ int_contents: [1] }) }] },
    "input 'input0': FP32 must be in fp32_contents, got int_contents",
  ],
  [
    {
      inputs: [input],
      outputs: [{ name: "y", parameters: [] }],
      raw_input_contents: [good],
    },
    "model 'score' has no output 'y'; it has 'output0'",
  ],
];

testWithGrpc(
  "Calls that do not fit fail with INVALID_ARGUMENT, the input and what it must be",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    for (const [request, message] of WRONG) {
      assertEquals(
        await client.refusal("score", request),
        [INVALID_ARGUMENT, message],
      );
    }
    server.server.add(
      "small",
      echo({ name: "x", elementType: "ui8", shape: [null] }),
    );
    server.server.add(
      "half",
      echo({ name: "x", elementType: "f16", shape: [null] }),
    );
    const typed = (datatype: string, members: object) => ({
      inputs: [{ ...tensor("x", datatype, [1]), contents: contents(members) }],
    });
    assertEquals(
      await client.refusal("small", typed("UINT8", { uint_contents: [256] })),
      [
        INVALID_ARGUMENT,
        "input 'x': element 0 must be an integer from 0 to 255 for UINT8, got 256",
      ],
    );
    assertEquals(
      await client.refusal("half", typed("FP16", { fp32_contents: [1] })),
      [INVALID_ARGUMENT, "input 'x': FP16 must be in raw_input_contents"],
    );
  },
);

testWithGrpc("Shared memory is rejected in Triton's words", async () => {
  await using server = new TestServer();
  await using listening = await server.server.listenGrpc({ port: 0 });
  await using client = new GrpcClient(listening.port);
  const shared = [
    { inputs: [{ ...input, parameters: region("r") }] },
    {
      inputs: [input],
      raw_input_contents: [good],
      outputs: [{ name: "output0", parameters: region("r") }],
    },
  ];
  for (const request of shared) {
    assertEquals(
      await client.refusal("score", request),
      [NOT_FOUND, "Unable to find shared memory region: 'r'"],
    );
  }
  assertEquals(
    await server.refusal("score", {
      inputs: [{
        name: "input0",
        datatype: "FP32",
        shape: [1, 4],
        parameters: { shared_memory_region: "r", shared_memory_byte_size: 16 },
      }],
    }),
    [404, "Unable to find shared memory region: 'r'"],
  );
});

testWithGrpc(
  "Messages that are not protobuf fail with INVALID_ARGUMENT",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const send = (...bytes: number[]) =>
      callFailure(
        client.send(
          "/inference.GRPCInferenceService/ModelInfer",
          new Uint8Array(bytes),
        ),
      );
    const problem = (text: string) => [
      INVALID_ARGUMENT,
      `the message must be protobuf: ${text}`,
    ];
    const ends = problem("it ends in the middle of a field");
    assertEquals(await send(0x0a, 5, 65), ends);
    assertEquals(await send(0x0a), ends);
    assertEquals(await send(0x00), problem("a field has no number"));
    assertEquals(
      await send(0x0b),
      problem("field 1 must have the wire type 2, got 3"),
    );
    assertEquals(await send(0xf3, 1), problem("a field has the wire type 3"));
    assertEquals(await send(0x0a, 1, 0xff), problem("a string is not UTF-8"));
    assertEquals(
      await send(...Array(11).fill(0xff)),
      problem("a number has more than 10 bytes"),
    );
    const many = new Uint8Array(2 * 4097).map((_, at) =>
      at % 2 === 0 ? 0x2a : 0
    );
    assertEquals(
      await send(...many),
      problem("field 5 has more than 4096 entries"),
    );
  },
);

testWithGrpc(
  "Unknown models, versions and methods have their codes",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    assertEquals(await client.refusal("none", {}), [
      NOT_FOUND,
      "no model 'none'; models: score, add, scale",
    ]);
    assertEquals(await client.refusal("add", { model_version: "9" }), [
      NOT_FOUND,
      "model 'add' has no version '9'; it has 1",
    ]);
    const [code] = await callFailure(
      client.send("/inference.GRPCInferenceService/TraceSetting", good),
    );
    assertEquals(code, UNIMPLEMENTED);
    server.server.add("broken", {
      inputs: [],
      outputs: [],
      run: () => Promise.reject(new Error("/secret/path")),
    });
    assertEquals(await client.refusal("broken", {}), [
      INTERNAL,
      "the model failed: INTERNAL",
    ]);
  },
);

testWithGrpc(
  "A message over the limit fails with RESOURCE_EXHAUSTED",
  async () => {
    await using server = new TestServer({ maxRequestBytes: 1000 });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const [code] = await client.refusal("score", {
      inputs: [tensor("input0", "FP32", [100, 4])],
      raw_input_contents: [new Uint8Array(1600)],
    });
    assertEquals(code, RESOURCE_EXHAUSTED);
    const { outputs } = await client.infer("score", {
      inputs: [input],
      raw_input_contents: [good],
    });
    assertEquals(outputs[0].shape, [1]);
  },
);

testWithGrpc("A full queue fails with RESOURCE_EXHAUSTED", async () => {
  await using server = new TestServer();
  await using listening = await server.server.listenGrpc({ port: 0 });
  await using client = new GrpcClient(listening.port);
  const { model, open } = slow();
  server.server.add("slow", model, { maxQueue: 0 });
  const first = client.infer("slow", {});
  await waitUntil(() => server.server.activeRequests === 1, "the first came");
  assertEquals(await client.refusal("slow", {}), [
    RESOURCE_EXHAUSTED,
    "the queue is full: 0 requests wait",
  ]);
  open();
  await first;
});

testWithGrpc(
  "A call that is cancelled or too late frees its place in the queue",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const { model, open, signals } = slow();
    server.server.add("slow", model, { maxQueue: 1 });
    const first = client.infer("slow", {});
    await waitUntil(() => signals.length === 1, "the first runs");
    const controller = new AbortController();
    const cancelled = client.refusal("slow", {}, { signal: controller.signal });
    await waitUntil(() => server.server.activeRequests === 2, "it waits");
    controller.abort();
    assertEquals((await cancelled)[0], CANCELLED);
    await waitUntil(() => server.server.activeRequests === 1, "it is gone");
    const [late] = await client.refusal("slow", {}, { deadline: 50 });
    assertEquals(late, DEADLINE_EXCEEDED);
    await waitUntil(
      () => server.server.activeRequests === 1,
      "it is gone, too",
    );
    const next = client.infer("slow", {});
    await waitUntil(() => server.server.activeRequests === 2, "the next waits");
    open();
    await Promise.all([first, next]);
    const statistics = await server.get("/v2/models/slow/stats") as {
      model_stats: [{ inference_stats: Record<string, { count: number }> }];
    };
    const { success, fail } = statistics.model_stats[0].inference_stats;
    assertEquals([success.count, fail.count], [2, 2]);
  },
);

testWithGrpc(
  "The request timeout ends a call with DEADLINE_EXCEEDED",
  async () => {
    await using server = new TestServer({ requestTimeout: 50 });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const { model, open } = slow();
    server.server.add("slow", model);
    assertEquals(await client.refusal("slow", {}), [
      DEADLINE_EXCEEDED,
      "no answer within the 0.05 s of the request timeout",
    ]);
    open();
  },
);

testWithGrpc("Calls need one of the tokens, but health does not", async () => {
  await using server = new TestServer({ authTokens: ["first", "second"] });
  await using listening = await server.server.listenGrpc({ port: 0 });
  await using client = new GrpcClient(listening.port);
  const ask = (token?: string) =>
    client.call(
      "ServerMetadata",
      EMPTY,
      SERVER_METADATA,
      {},
      token === undefined ? {} : { token },
    );
  const message = "the request must have an accepted token: " +
    "Authorization: Bearer TOKEN";
  for (const wrong of [undefined, "third", "firs", "firstt"]) {
    assertEquals(await callFailure(ask(wrong)), [UNAUTHENTICATED, message]);
  }
  assertEquals((await ask("second")).name, "iree");
  const health = "/grpc.health.v1.Health/Check";
  assertEquals(
    await client.send(health, new Uint8Array()),
    new Uint8Array([8, 1]),
  );
  const live = "/inference.GRPCInferenceService/ServerLive";
  assertEquals(
    await client.send(live, new Uint8Array()),
    new Uint8Array([8, 1]),
  );
});

testWithGrpc(
  "A drained server answers what it has accepted, and later calls with UNAVAILABLE",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const { model, open } = slow();
    server.server.add("slow", model);
    const first = client.infer("slow", { id: "first" });
    await waitUntil(() => server.server.activeRequests === 1, "the first came");
    server.server.announceEnd();
    const drained = server.server.drain();
    assertEquals(await client.refusal("slow", {}), [
      UNAVAILABLE,
      "the server is shutting down",
    ]);
    const health = "/grpc.health.v1.Health/Check";
    assertEquals(
      await client.send(health, new Uint8Array()),
      new Uint8Array([8, 2]),
    );
    open();
    assertEquals((await first).id, "first");
    await drained;
  },
);
