import { assert, assertEquals, assertRejects } from "@std/assert";
import { ModelServer } from "../../lib/serve/mod.ts";
import { failureOf, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { makeCertificate } from "./certificate.ts";
import { EMPTY, SERVER_METADATA } from "../../lib/serve/grpc/messages.ts";
import { callFailure, GrpcClient, testWithGrpc } from "./grpc_client.ts";
import { slow, TestServer } from "./support.ts";

test("The server answers over HTTPS, and asks for tokens there too", async () => {
  const keys = await makeCertificate();
  await using server = new TestServer({ authTokens: ["secret"] });
  await using listening = server.server.listen({ port: 0, ...keys });
  using client = Deno.createHttpClient({ caCerts: [keys.cert] });
  assertEquals(listening.url, `https://127.0.0.1:${listening.port}`);
  const get = async (headers: HeadersInit) => {
    const url = `https://localhost:${listening.port}/v2`;
    const response = await fetch(url, { client, headers });
    return [response.status, Object.keys(await response.json())];
  };
  assertEquals(await get({ authorization: "Bearer secret" }), [
    200,
    ["name", "version", "extensions"],
  ]);
  assertEquals(await get({}), [401, ["error"]]);
});

test("A client of HTTP/2 that disconnects ends its request", async () => {
  const keys = await makeCertificate();
  await using server = new TestServer();
  const { model, open, signals } = slow();
  server.server.add("slow", model);
  await using listening = server.server.listen({ port: 0, ...keys });
  using client = Deno.createHttpClient({
    caCerts: [keys.cert],
    http1: false,
    http2: true,
  });
  const controller = new AbortController();
  const url = `https://localhost:${listening.port}/v2/models/slow/infer`;
  const asked = fetch(url, {
    ...{ client, method: "POST", body: '{"inputs":[]}' },
    signal: controller.signal,
  });
  await waitUntil(() => signals.length === 1, "it runs");
  // At once: a later look at the request would not find that it was cancelled.
  controller.abort();
  await assertRejects(() => asked, DOMException);
  await waitUntil(() => server.server.activeRequests === 0, "it ends");
  assert(signals[0]!.aborted);
  open();
});

testWithGrpc(
  "The server answers gRPC over TLS, and asks for tokens there too",
  async () => {
    const keys = await makeCertificate();
    await using server = new TestServer({ authTokens: ["secret"] });
    await using listening = await server.server.listenGrpc({
      port: 0,
      ...keys,
    });
    assertEquals(listening.url, `grpcs://127.0.0.1:${listening.port}`);
    await using client = new GrpcClient(listening.port, keys.cert);
    const ask = (token: string) =>
      client.call("ServerMetadata", EMPTY, SERVER_METADATA, {}, { token });
    assertEquals((await ask("secret")).name, "iree");
    assertEquals((await callFailure(ask("secret2")))[0], 16);
    // The server answers only over TLS.
    await using plain = new GrpcClient(listening.port);
    const health = "/grpc.health.v1.Health/Check";
    const [code] = await callFailure(plain.send(health, new Uint8Array()));
    assertEquals(code, 14);
  },
);

test("Keys that do not fit are rejected when the port is opened", async () => {
  await using server = new ModelServer();
  const { cert, key } = await makeCertificate();
  const other = await makeCertificate();
  const problemOf = async (keys: { cert?: string; key?: string }) => {
    const failures = [
      () => server.listen({ port: 0, ...keys }),
      () => server.listenGrpc({ port: 0, ...keys }),
    ].map((listen) => failureOf(Promise.try(listen)));
    const [one, two] = await Promise.all(failures);
    assertEquals([one.code, two.code], Array(2).fill("INVALID_ARGUMENT"));
    const [start, ...rest] = [one.detail, two.detail].map((it) =>
      it.split(": ")[0]
    );
    assertEquals(rest, [start]);
    return start;
  };
  const together = "cert and key must be given together";
  assertEquals(await problemOf({ cert }), together);
  assertEquals(await problemOf({ key }), together);
  const pem = "cert and key must be a certificate and its private key in PEM";
  assertEquals(await problemOf({ cert, key: "x" }), pem);
  assertEquals(await problemOf({ cert: "x", key }), pem);
  assertEquals(await problemOf({ cert, key: other.key }), pem);
});
