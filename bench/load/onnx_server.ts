/**
 * onnxruntime-node behind `Deno.serve`, with the JSON of the Open Inference
 * Protocol and its binary data.
 *
 *     deno run -A onnx_server.ts MODEL PORT PACKAGE
 *
 * @module
 */

import type { OnnxRuntime } from "../peers/onnxruntime_api.ts";

const [path, port, specifier] = Deno.args;
const { InferenceSession, Tensor }: OnnxRuntime = await import(specifier!);
const session = await InferenceSession.create(path!);

Deno.serve({ port: Number(port), hostname: "127.0.0.1" }, async (request) => {
  const bytes = await request.bytes();
  const header = request.headers.get("inference-header-content-length");
  const end = header === null ? bytes.length : Number(header);
  const { inputs: [input] } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(0, end)),
  );
  const data = header === null
    ? Float32Array.from(input.data)
    : new Float32Array(bytes.slice(end).buffer);
  const { y } = await session.run({
    x: new Tensor("float32", data, input.shape),
  });
  return Response.json({
    model_name: "model",
    outputs: [{
      name: "y",
      datatype: "FP32",
      shape: [input.shape[0], 10],
      data: Array.from(y!.data),
    }],
  });
});
