import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { IreeError, load, runtime } from "../../mod.ts";
import { ModelServer, type RequestRecord } from "../../lib/serve/mod.ts";
import { test } from "../support.ts";
import { echo, SERVED, TestServer } from "./support.ts";

test("Health and metadata are those of the protocol", async () => {
  await using server = new TestServer({ name: "ours" });
  assertEquals(await server.get("/v2/health/live"), { live: true });
  assertEquals(await server.get("/v2/health/ready"), { ready: true });
  assertEquals(await server.get("/v2/models/add/ready"), {
    name: "add",
    ready: true,
  });
  assertEquals(await server.get("/v2"), {
    name: "ours",
    version: runtime.packageVersion,
    extensions: ["binary_tensor_data", "model_configuration", "statistics"],
  });
  assertEquals(await server.get("/v2/models"), {
    models: ["score", "add", "scale"],
  });
  const matrix = (name: string) => ({
    name,
    datatype: "INT32",
    shape: [-1, -1],
  });
  assertEquals(await server.get("/v2/models/add"), {
    name: "add",
    versions: ["1"],
    platform: "iree",
    inputs: [matrix("a"), matrix("b")],
    outputs: [matrix("sum"), matrix("difference")],
  });
  assertEquals(await server.get("/v2/models/score/config"), {
    name: "score",
    platform: "iree",
    backend: "iree",
    max_batch_size: 0,
    input: [{ name: "input0", data_type: "TYPE_FP32", dims: [-1, 4] }],
    output: [{ name: "output0", data_type: "TYPE_FP32", dims: [-1] }],
  });
});

test("Requests get the highest version, or the one that they name", async () => {
  await using server = new TestServer();
  const value = { name: "x", elementType: "f32", shape: [] } as const;
  for (const version of [2, 10]) {
    server.server.add("many", echo(value), { version });
  }
  const body = {
    inputs: [{ name: "x", datatype: "FP32", shape: [], data: [1] }],
  };
  const versionOf = async (path: string) =>
    (await (await server.infer(path, body)).json()).model_version;
  assertEquals(await versionOf("many"), "10");
  assertEquals(await versionOf("many/versions/2"), "2");
  await server.server.remove("many", 10);
  assertEquals(await versionOf("many"), "2");
  await server.server.remove("many");
  assertEquals((await server.infer("many", body)).status, 404);
});

test("A model is replaced without dropping a request", async () => {
  await using server = new TestServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  const model = (answer: number, before: Promise<void>) => ({
    inputs: [],
    outputs: [{ name: "y", elementType: "f32", shape: [] } as const],
    run: async () => {
      await before;
      const data = new Float32Array([answer]);
      return { y: { elementType: "f32", shape: [], data } as const };
    },
  });
  const ask = async () =>
    (await (await server.infer("m", { inputs: [] })).json()).outputs[0].data[0];
  server.server.add("m", model(1, promise));
  const early = [ask(), ask(), ask()];
  // The requests are read before the model is replaced.
  await new Promise((done) => setTimeout(done));
  server.server.add("m", model(2, Promise.resolve()));
  assertEquals(await ask(), 2);
  resolve();
  assertEquals(await Promise.all(early), [1, 1, 1]);
});

test("A model is loaded from a file, and released with the server", async () => {
  await using server = new ModelServer();
  await server.load("score", SERVED, { function: "score", instances: 2 });
  assertEquals(server.models, [{
    name: "score",
    version: 1,
    inputs: [{ name: "input0", elementType: "f32", shape: [null, 4] }],
    outputs: [{ name: "output0", elementType: "f32", shape: [null] }],
  }]);
  await assertRejects(
    () => server.load("wrong", SERVED, { function: "none" }),
    IreeError,
    "no function 'none'",
  );
});

test("The server rejects models that it cannot serve", async () => {
  await using server = new ModelServer();
  using program = load(SERVED);
  const messages = [
    () => server.add("", program),
    () => server.add("a/b", program),
    () => server.add("a", {} as never),
    () => server.add("a", program),
    () => server.add("a", program, { function: "score", version: 0 }),
    () => server.add("a", program, { function: "scale", batching: {} }),
    () => server.add("a", program, { batch: {} } as never),
    () => new ModelServer({ requestTimeout: 0 }),
    () => new ModelServer({ maxRequestBytes: -1 }),
  ].map((make) => assertThrows(make, IreeError).detail);
  assertEquals(messages.slice(0, 5), [
    "name must be 1 to 256 characters without slashes and control characters, " +
    "got ''",
    "name must be 1 to 256 characters without slashes and control characters, " +
    "got 'a/b'",
    "model must be a loaded program or a ModelFunction, got an object",
    "function must be given: the program has 5 functions",
    "version must be an integer from 1 to 9007199254740991, got 0",
  ]);
});

test("A drained server answers what it has accepted, and later requests with 503", async () => {
  const records: RequestRecord[] = [];
  await using server = new TestServer({
    onRequest: (record) => records.push(record),
  });
  const body = {
    inputs: [
      { name: "input0", datatype: "FP32", shape: [1, 4], data: [1, 0, 0, 0] },
    ],
  };
  const early = [1, 2, 3, 4].map(() => server.infer("score", body));
  server.server.announceEnd();
  assertEquals((await server.send("/v2/health/ready")).status, 503);
  assertEquals((await server.send("/v2/health/live")).status, 200);
  const drained = server.server.drain();
  const late = await server.infer("score", body);
  assertEquals([late.status, late.headers.get("connection")], [503, "close"]);
  for (const response of await Promise.all(early)) {
    assertEquals(response.status, 200);
  }
  await drained;
  assertEquals(
    records.map(({ method, status }) => `${method} ${status}`).toSorted(),
    [
      "GET 200",
      "GET 503",
      ...Array(4).fill("POST 200"),
      "POST 503",
    ],
  );
});
