import { IreeError } from "../base/error.ts";
import { readBody } from "./body.ts";
import { HEADER_LENGTH, readInference, writeInference } from "./inference.ts";
import { modelConfig, modelMetadata, serverMetadata } from "./metadata.ts";
import type { ModelRegistry } from "./model_registry.ts";
import { QueueFullError } from "./queue_full.ts";
import { RequestError, tooLate, unavailable } from "./request_error.ts";
import { findRoute, type Route } from "./route.ts";
import type { ServerLimits } from "./server_options.ts";

/** A server as its requests see it. */
export interface Answering {
  readonly models: ModelRegistry;
  readonly limits: ServerLimits;
  /** `ending` still answers, but is not ready; `closed` answers nothing. */
  state: "ready" | "ending" | "closed";
  /** Requests that are being answered. */
  active: number;
  /** Requests that came so far. */
  arrivals: number;
  /** Called when no request is being answered anymore. */
  whenIdle?: () => void;
}

/**
 * Answers a request. Never rejects.
 *
 * @param server The server.
 * @param request The request.
 */
export async function answer(
  server: Answering,
  request: Request,
): Promise<Response> {
  const start = performance.now();
  server.active++;
  server.arrivals++;
  const path = pathOf(request.url);
  let response: Response;
  let failure: unknown;
  try {
    response = await respond(server, request, findRoute(request.method, path));
  } catch (error) {
    failure = error;
    response = refusal(error);
  } finally {
    server.active--;
    if (server.active === 0) server.whenIdle?.();
  }
  // A connection that stays open would bring further requests.
  if (server.state !== "ready") response.headers.set("connection", "close");
  report(server, {
    method: request.method,
    path,
    status: response.status,
    duration: performance.now() - start,
    ...(failure === undefined ? {} : { error: failure }),
  });
  return response;
}

function report(
  { limits }: Answering,
  record: Parameters<NonNullable<ServerLimits["onRequest"]>>[0],
): void {
  try {
    limits.onRequest?.(record);
  } catch (error) {
    // The caller's own failure must not change the answer.
    reportError(error);
  }
}

async function respond(
  server: Answering,
  request: Request,
  route: Route,
): Promise<Response> {
  const { models, limits } = server;
  const isReady = server.state === "ready";
  switch (route.kind) {
    case "live":
      return Response.json({ live: true });
    case "ready":
      return Response.json({ ready: isReady }, { status: isReady ? 200 : 503 });
    case "server":
      return Response.json(serverMetadata(limits.name));
    case "models":
      return Response.json({ models: models.names });
  }
  const { name, version } = route;
  const model = models.find(name, version);
  switch (route.kind) {
    case "model":
      return Response.json(modelMetadata(model, models.versions(name)));
    case "modelReady":
      return Response.json({ name, ready: isReady }, {
        status: isReady ? 200 : 503,
      });
    case "modelConfig":
      return Response.json(modelConfig(model));
    case "infer":
      return await infer(server, request, name, version);
  }
}

async function infer(
  server: Answering,
  request: Request,
  name: string,
  version: string | undefined,
): Promise<Response> {
  if (server.state === "closed") throw unavailable("the server is ending");
  const { maxRequestBytes, requestTimeout } = server.limits;
  const { signal, release } = watch(request, requestTimeout);
  try {
    const body = await readBody(request, maxRequestBytes, signal);
    // Only now: the model may have been replaced meanwhile.
    const model = server.models.find(name, version);
    const read = readInference(
      model,
      body,
      request.headers.get(HEADER_LENGTH),
    );
    const outputs = await model.run(read.inputs, signal, () => {});
    return writeInference(model, read.json, outputs);
  } finally {
    release();
  }
}

/** A signal that ends a request: its timeout, or its client that has gone. */
function watch(
  request: Request,
  timeout: number,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(tooLate(timeout)), timeout);
  const gone = () => controller.abort(clientGone());
  request.signal.addEventListener("abort", gone);
  if (request.signal.aborted) gone();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", gone);
    },
  };
}

function clientGone(): RequestError {
  // The status that nginx logs for it; it reaches no client.
  return new RequestError("CANCELLED", 499, "the client has gone");
}

/** Statuses of failures of the library; any other is 500. */
const STATUSES: Partial<Record<IreeError["code"], number>> = {
  INVALID_ARGUMENT: 400,
  UNAVAILABLE: 503,
};

function refusal(error: unknown): Response {
  if (error instanceof RequestError) {
    const { httpStatus: status, headers } = error;
    return Response.json({ error: error.detail }, { status, headers });
  }
  if (error instanceof QueueFullError) {
    return Response.json(
      { error: error.detail },
      { status: 429, headers: { "retry-after": "1" } },
    );
  }
  const code = error instanceof IreeError ? error.code : "INTERNAL";
  const status = STATUSES[code] ?? 500;
  // Only what concerns the request goes to the client.
  const text = error instanceof IreeError && status < 500
    ? error.detail
    : `the model failed: ${code}`;
  return Response.json({ error: text }, { status });
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
