import { IreeError } from "../base/error.ts";
import { readBody } from "./body.ts";
import { HEADER_LENGTH, readInference, writeInference } from "./inference.ts";
import { modelConfig, modelMetadata, serverMetadata } from "./metadata.ts";
import { answerRepository } from "./repository_answer.ts";
import { formatMetrics } from "./metrics.ts";
import { openApiDocument } from "./open_api.ts";
import { pageResponse } from "./page.ts";
import type { BearerTokens } from "./bearer_token.ts";
import type { ModelRepository } from "./model_repository.ts";
import { statisticsJson } from "./statistics_json.ts";
import { answerOpenAi } from "./openai/answer.ts";
import { isOpenAi, openAiRefusal } from "./openai/failure.ts";
import type { LanguageModels } from "./openai/language_models.ts";
import type { ModelRegistry } from "./model_registry.ts";
import { QueueFullError } from "./queue_full.ts";
import { RequestError, tooLate, unavailable } from "./request_error.ts";
import { findRoute, type Route } from "./route.ts";
import type { ServerLimits } from "./server_options.ts";

/** The media type of Prometheus' text format. */
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A server as its requests see it. */
export interface Answering {
  readonly models: ModelRegistry;
  readonly limits: ServerLimits;
  readonly tokens: BearerTokens;
  /** The language models, which OpenAI's API serves. */
  readonly languageModels: LanguageModels;
  /** Responses by their status. */
  readonly responses: Map<number, number>;
  /** The folder that models are loaded from, if any. */
  repository?: ModelRepository;
  /** `ending` still answers, but is not ready; `closed` answers nothing. */
  state: "ready" | "ending" | "closed";
  /** Requests that are being answered. */
  active: number;
  /** Requests that came so far. */
  arrivals: number;
  /** Called when no request is being answered anymore. */
  whenIdle?: () => void;
}

/** What needs no token: probes have none, and the page asks for it. */
const OPEN: ReadonlySet<Route["kind"]> = new Set(
  ["live", "ready", "page"] as const,
);

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
    response = isOpenAi(path)
      ? await respondOpenAi(server, request, path)
      : await respondTo(server, request, path);
  } catch (error) {
    failure = error;
    response = isOpenAi(path) ? openAiRefusal(error) : refusal(error);
  } finally {
    server.active--;
    if (server.active === 0) server.whenIdle?.();
  }
  // A connection that stays open would bring further requests.
  if (server.state !== "ready") response.headers.set("connection", "close");
  const { status } = response;
  server.responses.set(status, (server.responses.get(status) ?? 0) + 1);
  report(server, {
    method: request.method,
    path,
    status,
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

async function respondTo(
  server: Answering,
  request: Request,
  path: string,
): Promise<Response> {
  const route = findRoute(request.method, path);
  if (!OPEN.has(route.kind)) server.tokens.check(request.headers);
  return await respond(server, request, route);
}

// OpenAI's API. A response that is sent in parts is being answered until its end.
async function respondOpenAi(
  server: Answering,
  request: Request,
  path: string,
): Promise<Response> {
  server.tokens.check(request.headers);
  if (server.state === "closed") throw unavailable("the server is ending");
  const { maxRequestBytes, requestTimeout } = server.limits;
  const { signal, release } = watch(request, requestTimeout);
  server.active++;
  const onEnd = () => {
    server.active--;
    if (server.active === 0) server.whenIdle?.();
  };
  let isStream = false;
  try {
    const answer = await answerOpenAi({
      ...{ models: server.languageModels, request, path, signal, onEnd },
      maxBytes: maxRequestBytes,
    });
    isStream = answer.isStream;
    return answer.response;
  } finally {
    release();
    if (!isStream) onEnd();
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
    case "page":
      return await pageResponse();
    case "openApi":
      return Response.json(
        openApiDocument(models, {
          hasRepository: server.repository !== undefined,
          needsToken: limits.authTokens.length > 0,
        }),
      );
    case "live":
      return Response.json({ live: true });
    case "ready":
      return Response.json({ ready: isReady }, { status: isReady ? 200 : 503 });
    case "server":
      return Response.json(
        serverMetadata(limits.name, server.repository !== undefined),
      );
    case "models":
      return Response.json({ models: models.names });
    case "statistics":
      return Response.json(statisticsJson([...models]));
    case "metrics":
      return new Response(formatMetrics([...models], server.responses), {
        headers: { "content-type": METRICS_TYPE },
      });
    case "index":
    case "load":
    case "unload":
      return await answerRepository(server, request, route);
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
    case "modelStatistics": {
      const asked = version === undefined ? models.versions(name) : [model];
      return Response.json(statisticsJson(asked));
    }
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
  const start = performance.now();
  let model = server.models.find(name, version);
  let status = 200;
  const { maxRequestBytes, requestTimeout } = server.limits;
  const { signal, release } = watch(request, requestTimeout);
  try {
    if (server.state === "closed") throw unavailable("the server is ending");
    const body = await readBody(request, maxRequestBytes, signal);
    // It may have been replaced meanwhile.
    model = server.models.find(name, version);
    const read = readInference(
      model,
      body,
      request.headers.get(HEADER_LENGTH),
    );
    const outputs = await model.run(read.inputs, signal);
    return writeInference(model, read.json, outputs);
  } catch (error) {
    status = statusOf(error);
    throw error;
  } finally {
    model.statistics.ended(status, performance.now() - start);
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
  return new RequestError("CANCELLED", 499, "the client disconnected");
}

/** Statuses of failures of the library; any other is 500. */
const STATUSES: Partial<Record<IreeError["code"], number>> = {
  INVALID_ARGUMENT: 400,
  UNAVAILABLE: 503,
};

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.httpStatus;
  if (error instanceof QueueFullError) return 429;
  return error instanceof IreeError ? STATUSES[error.code] ?? 500 : 500;
}

function refusal(error: unknown): Response {
  const status = statusOf(error);
  const headers = error instanceof RequestError
    ? error.headers
    : status === 429 || status === 503
    ? { "retry-after": "1" }
    : {};
  const code = error instanceof IreeError ? error.code : "INTERNAL";
  // Only what concerns the request goes to the client.
  const text = error instanceof IreeError && (status < 500 || isOurs(error))
    ? error.detail
    : `the model failed: ${code}`;
  return Response.json({ error: text }, { status, headers });
}

function isOurs(error: IreeError): boolean {
  return error instanceof RequestError;
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
