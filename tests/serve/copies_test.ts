// Large bodies are copied once: from the request into the memory of the call, and
// from there into the answer.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { load } from "../../mod.ts";
import { ModelServer } from "../../lib/serve/mod.ts";
import { readInference } from "../../lib/serve/inference_body.ts";
import { RowJoiner } from "../../lib/serve/joined_tensors.ts";
import { runnerOf } from "../../lib/serve/model_runner.ts";
import { ServedModel } from "../../lib/serve/served_model.ts";
import type { RawTensor } from "../../lib/serve/data_type.ts";
import { test } from "../support.ts";
import { binaryResponse, SERVED } from "./support.ts";

/** A body with rows of four numbers, which no alignment fits. */
function bodyOf(
  rows: readonly (readonly number[])[],
): { body: Uint8Array<ArrayBuffer>; headerLength: string } {
  const data = new Float32Array(rows.flat());
  const input = {
    name: "input0",
    datatype: "FP32",
    shape: [rows.length, 4],
    parameters: { binary_data_size: data.byteLength },
  };
  const text = JSON.stringify({ inputs: [input] });
  const json = new TextEncoder().encode(text + " ".repeat(5 - text.length % 4));
  assertEquals(json.length % 4, 1);
  const body = new Uint8Array(json.length + data.byteLength);
  body.set(json);
  body.set(new Uint8Array(data.buffer), json.length);
  return { body, headerLength: `${json.length}` };
}

test("The parts of a batch are the bodies of its requests", () => {
  using program = load(SERVED);
  const score = program.lookupFunction("score");
  const joiner = new RowJoiner("score", score.inputs, score.outputs);
  const model = new ServedModel(
    "score",
    "1",
    runnerOf(program, { function: "score", batching: {} }),
    () => {},
  );
  const bodies = [
    bodyOf([[1, 2, 3, 4]]),
    bodyOf([[5, 6, 7, 8], [9, 10, 11, 12]]),
  ];
  const requests = bodies.map(({ body, headerLength }) =>
    joiner.readRaw(
      readInference(model, body, headerLength).inputs as Record<
        string,
        RawTensor
      >,
    )
  );
  const { input0 } = joiner.join(requests, 3, 4);
  // The last row is repeated.
  assertEquals(input0!.parts.map(({ length }) => length), [16, 32, 16]);
  for (const [at, owner] of [0, 1, 1].entries()) {
    assertStrictEquals(input0!.parts[at]!.buffer, bodies[owner]!.body.buffer);
  }
  model.dispose();
});

test("The outputs of a batch share the memory of its result", () => {
  using program = load(SERVED);
  const score = program.lookupFunction("score");
  const joiner = new RowJoiner("score", score.inputs, score.outputs);
  const data = new Float32Array([1, 2, 3, 4]);
  const output0 = { elementType: "f32", shape: [4], data } as const;
  const outputs = joiner.split({ output0 }, [1, 2], 4);
  assertEquals(
    outputs.map(({ output0 }) => [...output0!.data]),
    [[1], [2, 3]],
  );
  for (const { output0 } of outputs) {
    assertStrictEquals(output0!.data.buffer, data.buffer);
  }
});

test("Bodies of any alignment are joined, padded and answered", async () => {
  using program = load(SERVED);
  await using server = new ModelServer();
  server.add("score", program, {
    function: "score",
    batching: { sizes: [8], maxDelay: 1 },
  });
  server.add("single", program, { function: "score" });
  const answers = await Promise.all(
    ["score", "score", "score", "single"].map(async (name, at) => {
      const rows = Array.from({ length: at % 3 + 1 }, () => [at, 0, 0, 1]);
      const { body, headerLength } = bodyOf(rows);
      const url = `http://test/v2/models/${name}/infer`;
      const headers = { "inference-header-content-length": headerLength };
      const request = new Request(url, { method: "POST", body, headers });
      const { outputs: [output] } = await (await server.fetch(request)).json();
      return output.data;
    }),
  );
  assertEquals(answers, [[4], [5, 5], [6, 6, 6], [7]]);
});

test("A large output is sent as it is", async () => {
  const data = new Float32Array(1_000_000).fill(7);
  await using server = new ModelServer();
  server.add("large", {
    inputs: [],
    outputs: [{ name: "y", elementType: "f32", shape: [null] }],
    run: () =>
      Promise.resolve({ y: { elementType: "f32", shape: [1_000_000], data } }),
  });
  const ask = () =>
    server.fetch(
      new Request("http://test/v2/models/large/infer", {
        method: "POST",
        body: '{"inputs":[],"parameters":{"binary_data_output":true}}',
      }),
    );
  const chunks = await Array.fromAsync((await ask()).body!);
  assert(chunks.some(({ buffer }) => buffer === data.buffer));
  // A client gets it whole.
  const { url, shutdown } = server.listen({ port: 0 });
  const response = await fetch(`${url}/v2/models/large/infer`, {
    method: "POST",
    body: '{"inputs":[],"parameters":{"binary_data_output":true}}',
  });
  const length = Number(response.headers.get("content-length"));
  const { binary } = await binaryResponse(response);
  assertEquals(binary, new Uint8Array(data.buffer));
  const json = Number(response.headers.get("inference-header-content-length"));
  assertEquals(length, json + data.byteLength);
  await shutdown(10_000);
});
