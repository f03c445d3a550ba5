import process from "node:process";
import { assertEquals } from "@std/assert";
import { waitUntil } from "../waiting.ts";
import {
  INFER_REQUEST,
  STREAM_RESPONSE,
} from "../../lib/serve/grpc/messages.ts";
import {
  callFailure,
  emptyRequest,
  GrpcClient,
  testWithGrpc,
} from "./grpc_client.ts";
import { slow, TestServer } from "./support.ts";

const request = (model_name: string, id: string) =>
  INFER_REQUEST.encode({ ...emptyRequest(), model_name, id });

/** A model that answers the later of two requests first. */
function reversed() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const run = async () => {
    count++;
    if (count === 1) await promise;
    else resolve();
    return {};
  };
  return { inputs: [], outputs: [], run };
}

testWithGrpc(
  "A stream is answered in the order of its requests, failures too",
  async () => {
    await using server = new TestServer();
    server.server.add("reversed", reversed(), { instances: 2 });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const answers = await client.stream([
      request("reversed", "a"),
      request("none", "b"),
      new Uint8Array([1]),
      request("reversed", "c"),
    ]);
    assertEquals(
      answers.map((it) => {
        const { error_message, infer_response } = STREAM_RESPONSE.decode(it);
        return [infer_response?.id, error_message];
      }),
      [
        ["a", ""],
        ["b", "no model 'none'; models: score, add, scale, reversed"],
        ["", "the message must be protobuf: a field has no number"],
        ["c", ""],
      ],
    );
  },
);

testWithGrpc(
  "A stream with more requests than are answered at a time",
  async () => {
    await using server = new TestServer();
    const run = () => Promise.resolve({});
    server.server.add("m", { inputs: [], outputs: [], run }, {
      maxQueue: 1000,
    });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const ids = Array.from({ length: 1000 }, (_, at) => `${at}`);
    const warnings: string[] = [];
    const warn = (warning: Error) => warnings.push(warning.name);
    process.on("warning", warn);
    const answers = await client.stream(ids.map((id) => request("m", id)));
    process.off("warning", warn);
    assertEquals(warnings, []);
    assertEquals(
      answers.map((it) => STREAM_RESPONSE.decode(it).infer_response?.id),
      ids,
    );
  },
);

testWithGrpc("A stream needs one of the tokens", async () => {
  await using server = new TestServer({ authTokens: ["secret"] });
  await using listening = await server.server.listenGrpc({ port: 0 });
  await using client = new GrpcClient(listening.port);
  assertEquals(await callFailure(client.stream([request("score", "a")])), [
    16,
    "the request must have an accepted token: Authorization: Bearer TOKEN",
  ]);
  const [answer] = await client.stream([request("none", "a")], {
    token: "secret",
  });
  assertEquals(
    STREAM_RESPONSE.decode(answer).error_message,
    "no model 'none'; models: score, add, scale",
  );
});

testWithGrpc(
  "A stream that is cancelled frees the places of its requests",
  async () => {
    await using server = new TestServer();
    const { model, open, signals } = slow();
    server.server.add("slow", model, { maxQueue: 10 });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const controller = new AbortController();
    const requests = ["a", "b", "c"].map((id) => request("slow", id));
    const stream = callFailure(client.stream(requests, controller));
    await waitUntil(() => server.server.activeRequests === 3, "all came");
    controller.abort();
    assertEquals((await stream)[0], 1);
    await waitUntil(() => server.server.activeRequests === 0, "all are gone");
    assertEquals(signals.map(({ aborted }) => aborted), [true]);
    open();
  },
);

testWithGrpc(
  "Shutting down answers the requests of a stream, and ends it",
  async () => {
    await using server = new TestServer();
    const { model, open } = slow();
    server.server.add("slow", model, { instances: 2 });
    const listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const stream = client.stream([request("slow", "a")], { keepOpen: true });
    const call = client.infer("slow", { id: "b" });
    await waitUntil(() => server.server.activeRequests === 2, "both came");
    const ended = listening.shutdown(60_000);
    open();
    const [answer] = await stream;
    assertEquals(STREAM_RESPONSE.decode(answer).infer_response?.id, "a");
    assertEquals((await call).id, "b");
    assertEquals(await ended, true);
  },
);
