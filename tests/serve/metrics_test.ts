import { assert, assertEquals, assertMatch } from "@std/assert";
import { load } from "../../mod.ts";
import { test } from "../support.ts";
import { SERVED, TestServer } from "./support.ts";

const row = (...data: number[]) => ({
  inputs: [{ name: "input0", datatype: "FP32", shape: [1, 4], data }],
});

/** The answer of the statistics extension. */
interface StatisticsJson {
  model_stats: {
    name: string;
    version: string;
    inference_count: number;
    execution_count: number;
    last_inference: number;
    inference_stats: Record<string, { count: number; ns: number }>;
    batch_stats: {
      batch_size: number;
      compute_infer: { count: number; ns: number };
    }[];
  }[];
}

/** Reads the samples of Prometheus' text format. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("# ")) {
      assertMatch(
        line,
        /^# (?:HELP \w+ .+|TYPE \w+ (?:counter|gauge|histogram))$/,
      );
      continue;
    }
    const [, name, value] = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    assert(name !== undefined && !samples.has(name), line);
    samples.set(name, Number(value));
  }
  return samples;
}

test("/metrics counts requests, failures, times and batch sizes by model", async () => {
  await using server = new TestServer();
  await (await server.infer("score", row(1, 2, 3, 4))).text();
  await (await server.infer("score", row(1, 2, 3, 4))).text();
  await (await server.infer("score", row(1))).text();
  const response = await server.send("/metrics");
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  const samples = samplesOf(await response.text());
  const labels = 'model="score",version="1"';
  const expected = {
    'iree_http_requests_total{status="200"}': 2,
    'iree_http_requests_total{status="400"}': 1,
    [`iree_inference_requests_total{${labels}}`]: 3,
    [`iree_inference_request_failures_total{${labels},status="400"}`]: 1,
    [`iree_inference_rows_total{${labels}}`]: 2,
    [`iree_inference_executions_total{${labels}}`]: 2,
    [`iree_inference_request_duration_seconds_count{${labels}}`]: 2,
    [`iree_inference_request_duration_seconds_bucket{${labels},le="+Inf"}`]: 2,
    [`iree_inference_queue_duration_seconds_count{${labels}}`]: 2,
    [`iree_inference_compute_duration_seconds_count{${labels}}`]: 2,
    [`iree_inference_batch_size_bucket{${labels},le="1"}`]: 2,
    [`iree_inference_queue_length{${labels}}`]: 0,
    [`iree_model_ready{${labels}}`]: 1,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals(samples.get(name), value, name);
  }
  assert(samples.get("process_resident_memory_bytes")! > 1e6);
  assert(samples.get("iree_native_allocations")! > 0);
});

test("The statistics extension counts what Triton's counts", async () => {
  await using server = new TestServer();
  const body = {
    inputs: [{
      name: "input0",
      datatype: "FP32",
      shape: [1, 4],
      data: [1, 2, 3, 4],
    }],
  };
  for (const _ of [1, 2]) await (await server.infer("score", body)).text();
  const { model_stats: [stats] } = await server.get(
    "/v2/models/score/stats",
  ) as StatisticsJson;
  assertEquals(
    [stats.name, stats.version, stats.inference_count, stats.execution_count],
    ["score", "1", 2, 2],
  );
  assertEquals(stats.inference_stats.success.count, 2);
  assertEquals(stats.inference_stats.fail, { count: 0, ns: 0 });
  assert(stats.inference_stats.compute_infer.ns > 0);
  assert(Math.abs(stats.last_inference - Date.now()) < 600_000);
  const all = await server.get("/v2/models/stats") as StatisticsJson;
  assertEquals(all.model_stats.length, 3);
});

test("The statistics extension counts calls by their number of rows", async () => {
  await using server = new TestServer();
  using program = load(SERVED);
  server.server.add("joined", program, {
    function: "score",
    batching: { maxSize: 4 },
  });
  const ask = async () => {
    await (await server.infer("joined", row(1, 2, 3, 4))).text();
  };
  await Promise.all(Array.from({ length: 6 }, ask));
  await ask();
  const { model_stats: [stats] } = await server.get(
    "/v2/models/joined/stats",
  ) as StatisticsJson;
  assertEquals([stats.inference_count, stats.execution_count], [7, 3]);
  assertEquals(
    stats.batch_stats.map((it) => [it.batch_size, it.compute_infer.count]),
    [[1, 1], [2, 1], [4, 1]],
  );
  assert(stats.batch_stats.every((it) => it.compute_infer.ns > 0));
});

test("Requests need one of the tokens, but health does not", async () => {
  await using server = new TestServer({ authTokens: ["first", "second"] });
  const statusOf = async (path: string, authorization?: string) => {
    const headers: HeadersInit = authorization === undefined
      ? {}
      : { authorization };
    const response = await server.send(path, { headers });
    await response.text();
    return response.status;
  };
  for (const path of ["/v2", "/metrics", "/v2/models/score"]) {
    assertEquals(await statusOf(path), 401);
    for (
      const wrong of ["first", "Bearer third", "Bearer firs", "Bearer firstt"]
    ) {
      assertEquals(await statusOf(path, wrong), 401, wrong);
    }
    assertEquals(await statusOf(path, "Bearer first"), 200);
    assertEquals(await statusOf(path, "bearer second"), 200);
  }
  assertEquals(await statusOf("/v2/health/live"), 200);
  const refused = await server.send("/v2");
  assertEquals(refused.headers.get("www-authenticate"), "Bearer");
});
