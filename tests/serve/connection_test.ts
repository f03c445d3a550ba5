// Clients that are slow, disconnect, or only connect.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { RawClient } from "./raw_client.ts";
import { slow, TestServer } from "./support.ts";

const POST = (model: string, length: number) =>
  `POST /v2/models/${model}/infer HTTP/1.1\r\nHost: test\r\n` +
  `Content-Length: ${length}\r\n\r\n`;

const EMPTY = '{"inputs":[]}';

test("A client that disconnects in the middle of its body leaves nothing behind", async () => {
  await using server = new TestServer();
  await using listening = server.server.listen({ port: 0 });
  using client = await RawClient.connect(listening.port);
  await client.write(`${POST("score", 1000)}{"inputs`);
  await waitUntil(() => server.server.activeRequests === 1, "it came");
  client[Symbol.dispose]();
  await waitUntil(() => server.server.activeRequests === 0, "it is gone");
  assertEquals((await server.infer("score", {})).status, 400);
});

test("A client that disconnects while its request waits frees the place", async () => {
  await using server = new TestServer();
  const { model, open, signals } = slow();
  server.server.add("slow", model, { maxQueue: 1 });
  await using listening = server.server.listen({ port: 0 });
  const first = server.infer("slow", { inputs: [] });
  await waitUntil(() => signals.length === 1, "the first runs");
  using client = await RawClient.connect(listening.port);
  await client.write(POST("slow", EMPTY.length) + EMPTY);
  await waitUntil(() => server.server.activeRequests === 2, "it waits");
  assertEquals((await server.infer("slow", { inputs: [] })).status, 429);
  client[Symbol.dispose]();
  await waitUntil(() => server.server.activeRequests === 1, "it is gone");
  const next = server.infer("slow", { inputs: [] });
  open();
  assertEquals([(await first).status, (await next).status], [200, 200]);
});

test("A client that is slow to send its body gets 504", async () => {
  await using server = new TestServer({ requestTimeout: 100 });
  await using listening = server.server.listen({ port: 0 });
  using client = await RawClient.connect(listening.port);
  await client.write(`${POST("score", 1000)}{"inputs`);
  assertMatch(
    await client.readUntil(/timeout"\}/),
    /^HTTP\/1.1 504 [^]*no answer within the 0.1 s of the request timeout"\}$/,
  );
  assertEquals(server.server.activeRequests, 0);
});

test("A thousand idle connections do not keep requests waiting", async () => {
  await using server = new TestServer();
  await using listening = server.server.listen({ port: 0 });
  using idle = new DisposableStack();
  for (let at = 0; at < 1000; at++) {
    const client = idle.use(await RawClient.connect(listening.port));
    // Half of them begin a request.
    if (at % 2 === 0) await client.write("POST /v2/models/score/inf");
  }
  const response = await fetch(`${listening.url}/v2/health/ready`);
  assertEquals(await response.json(), { ready: true });
  assert(server.server.activeRequests === 0);
});
