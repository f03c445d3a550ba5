import { assertEquals, assertMatch } from "@std/assert";
import { GrpcClient, tensor, testWithGrpc } from "./grpc_client.ts";
import { ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

testWithGrpc(
  "iree serve --grpc answers over both, and ends with 0 on SIGTERM",
  async () => {
    await using process = await ServeProcess.start(
      `m=${SERVED}`,
      "--function=score",
      "--grpc-port=0",
      "--max-batch-size=16",
    );
    await using client = new GrpcClient(process.grpcPort);
    const ask = () =>
      client.infer("m", {
        inputs: [tensor("input0", "FP32", [1, 4])],
        raw_input_contents: [
          new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer),
        ],
      });
    for (const { raw_output_contents } of await Promise.all([ask(), ask()])) {
      const [bytes] = raw_output_contents[0];
      assertEquals(
        new Float32Array(bytes.slice().buffer),
        new Float32Array([30]),
      );
    }
    const response = await process.infer("m", [[1, 2, 3, 4]]);
    assertEquals((await response.json()).outputs[0].data, [30]);
    const metrics = await (await process.fetch("/metrics")).text();
    assertMatch(metrics, /^iree_grpc_requests_total\{code="OK"\} 2$/m);
    assertEquals(await client.refusal("none", {}), [
      5,
      "no model 'none'; models: m",
    ]);
    await process.until(
      /info POST \/inference.GRPCInferenceService\/ModelInfer status=404/,
    );
    assertEquals(await process.end(), 0);
  },
);
