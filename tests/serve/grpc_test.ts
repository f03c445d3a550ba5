import { assertEquals } from "@std/assert";
import { runtime } from "../../mod.ts";
import {
  CONFIG_RESPONSE,
  HEALTH_REQUEST,
  HEALTH_RESPONSE,
  STATISTICS_RESPONSE,
} from "../../lib/serve/grpc/management_messages.ts";
import {
  EMPTY,
  LIVE_RESPONSE,
  MODEL_METADATA,
  MODEL_REQUEST,
  READY_RESPONSE,
  SERVER_METADATA,
} from "../../lib/serve/grpc/messages.ts";
import { GrpcClient, tensor, testWithGrpc } from "./grpc_client.ts";
import { TestServer } from "./support.ts";

const bytesOf = (data: ArrayBufferView<ArrayBuffer>) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

testWithGrpc(
  "gRPC describes the server and its models as HTTP does",
  async () => {
    await using server = new TestServer({ name: "ours" });
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    assertEquals(
      await client.call("ServerLive", EMPTY, LIVE_RESPONSE, {}),
      { live: true },
    );
    assertEquals(
      await client.call("ServerReady", EMPTY, READY_RESPONSE, {}),
      { ready: true },
    );
    const isReady = async (name: string, version: string) =>
      (await client.call("ModelReady", MODEL_REQUEST, READY_RESPONSE, {
        name,
        version,
      })).ready;
    assertEquals(
      [await isReady("add", ""), await isReady("add", "1")],
      [true, true],
    );
    assertEquals(
      [await isReady("add", "2"), await isReady("none", "")],
      [false, false],
    );
    assertEquals(
      await client.call("ServerMetadata", EMPTY, SERVER_METADATA, {}),
      {
        name: "ours",
        version: runtime.packageVersion,
        extensions: ["binary_tensor_data", "model_configuration", "statistics"],
      },
    );
    const add = { name: "add", version: "" };
    assertEquals(
      await client.call("ModelMetadata", MODEL_REQUEST, MODEL_METADATA, add),
      await server.get("/v2/models/add"),
    );
    const { config } = await client.call(
      "ModelConfig",
      MODEL_REQUEST,
      CONFIG_RESPONSE,
      { name: "score", version: "" },
    );
    assertEquals(config, {
      name: "score",
      platform: "iree",
      backend: "iree",
      max_batch_size: 0,
      input: [{ name: "input0", data_type: 11, dims: [-1, 4] }],
      output: [{ name: "output0", data_type: 11, dims: [-1] }],
    });
    assertEquals(
      await client.call(
        "/grpc.health.v1.Health/Check",
        HEALTH_REQUEST,
        HEALTH_RESPONSE,
        { service: "" },
      ),
      { status: 1 },
    );
  },
);

testWithGrpc(
  "gRPC answers with raw contents, and counts what it answered",
  async () => {
    await using server = new TestServer();
    await using listening = await server.server.listenGrpc({ port: 0 });
    await using client = new GrpcClient(listening.port);
    const answer = await client.infer("add", {
      id: "7",
      inputs: [tensor("b", "INT32", [1, 2]), tensor("a", "INT32", [1, 2])],
      outputs: [{ name: "difference", parameters: [] }],
      raw_input_contents: [
        bytesOf(new Int32Array([10, 20])),
        bytesOf(new Int32Array([1, 2])),
      ],
    });
    assertEquals(answer, {
      model_name: "add",
      model_version: "1",
      id: "7",
      parameters: [],
      outputs: [tensor("difference", "INT32", [1, 2])],
      raw_output_contents: [[bytesOf(new Int32Array([-9, -18]))]],
    });
    const { model_stats } = await client.call(
      "ModelStatistics",
      MODEL_REQUEST,
      STATISTICS_RESPONSE,
      { name: "add", version: "" },
    );
    assertEquals(
      model_stats.map((it) => [it.name, it.inference_stats.success.count]),
      [["add", 1]],
    );
  },
);
