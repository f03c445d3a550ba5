// Traces by Deno's own exporter, with a collector of ours.

import { assert, assertEquals } from "@std/assert";
import { INFER_REQUEST } from "../../lib/serve/grpc/messages.ts";
import { test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { emptyRequest, GrpcClient, testWithGrpc } from "./grpc_client.ts";
import { ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

/** A span, as OTLP has it in JSON. */
interface Span {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string };
  }[];
}

/** The body of an export of traces. */
interface Traces {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const SERVER_KIND = 2;

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${parent}-01`;

/** Collects the spans of a server process. */
class Collector implements AsyncDisposable {
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { resourceSpans = [] }: Traces = await request.json();
      for (const { scopeSpans } of resourceSpans) {
        this.#spans.push(...scopeSpans.flatMap((it) => it.spans));
      }
      return Response.json({});
    },
  );
  readonly #spans: Span[] = [];

  /** Starts a server that exports its spans here. */
  start(...args: readonly string[]): Promise<ServeProcess> {
    return ServeProcess.startWith({
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_BSP_SCHEDULE_DELAY: "10",
      OTEL_METRICS_EXPORTER: "none",
    }, ...args);
  }

  /** The spans of the server, as soon as there are as many. */
  async spans(count: number): Promise<Span[]> {
    const found = () => this.#spans.filter(({ kind }) => kind === SERVER_KIND);
    await waitUntil(() => found().length >= count, `${count} spans`);
    return found();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

test("A request continues the trace of its client", async () => {
  await using collector = new Collector();
  await using process = await collector.start(
    `m=${SERVED}`,
    "--function=score",
  );
  const response = await process.fetch("/v2/models/m", {
    headers: { traceparent },
  });
  await response.body?.cancel();
  const [span] = await collector.spans(1);
  assert(span !== undefined);
  assertEquals([span.traceId, span.parentSpanId], [traceId, parent]);
  assertEquals(await process.end(), 0);
});

testWithGrpc("A call of gRPC continues the trace of its client", async () => {
  await using collector = new Collector();
  await using process = await collector.start(
    ...[`m=${SERVED}`, "--function=score", "--grpc-port=0"],
  );
  await using client = new GrpcClient(process.grpcPort);
  await client.refusal("none", {}, { traceparent });
  const request = INFER_REQUEST.encode({ ...emptyRequest(), model_name: "m" });
  await client.stream([request], { traceparent });
  const spans = await collector.spans(2);
  const service = "inference.GRPCInferenceService";
  assertEquals(
    spans.map((span) => [span.traceId, span.parentSpanId, pathOf(span)]),
    ["ModelInfer", "ModelStreamInfer"]
      .map((method) => [traceId, parent, `/${service}/${method}`]),
  );
  assertEquals(await process.end(), 0);
});

function pathOf({ attributes }: Span): unknown {
  return attributes.find(({ key }) => key === "url.path")?.value.stringValue;
}
