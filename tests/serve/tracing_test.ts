// Traces by Deno's own exporter, with a collector of ours.

import { assert, assertEquals } from "@std/assert";
import { test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

/** A span, as OTLP has it in JSON. */
interface Span {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
}

/** The body of an export of traces. */
interface Traces {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const SERVER_KIND = 2;

test("A request continues the trace of its client", async () => {
  const spans: Span[] = [];
  await using collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { resourceSpans = [] }: Traces = await request.json();
      for (const { scopeSpans } of resourceSpans) {
        spans.push(...scopeSpans.flatMap((it) => it.spans));
      }
      return Response.json({});
    },
  );
  const environment = {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    OTEL_BSP_SCHEDULE_DELAY: "10",
    OTEL_METRICS_EXPORTER: "none",
  };
  await using process = await ServeProcess.startWith(
    environment,
    `m=${SERVED}`,
    "--function=score",
  );
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const parent = "b7ad6b7169203331";
  const response = await process.fetch("/v2/models/m", {
    headers: { traceparent: `00-${traceId}-${parent}-01` },
  });
  await response.body?.cancel();
  await waitUntil(() => spans.some((it) => it.kind === SERVER_KIND), "a span");
  const span = spans.find((it) => it.kind === SERVER_KIND);
  assert(span !== undefined);
  assertEquals([span.traceId, span.parentSpanId], [traceId, parent]);
  assertEquals(await process.end(), 0);
});
