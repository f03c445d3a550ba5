import {
  begin,
  count,
  end,
  enter,
  report,
  type ServerState,
} from "./server_state.ts";
import { readBody } from "./read_body.ts";
import { describeFailure } from "./failure_status.ts";
import {
  HEADER_LENGTH,
  readInference,
  writeInference,
} from "./inference_body.ts";
import { modelConfig, modelMetadata, serverMetadata } from "./metadata.ts";
import { formatMetrics } from "./metrics.ts";
import { openApiDocument } from "./open_api.ts";
import { checkOrigin } from "./check_origin.ts";
import { pageResponse } from "./page.ts";
import { answerOpenAi } from "./openai/handle_request.ts";
import { isOpenAi, openAiRefusal } from "./openai/failure_body.ts";
import { answerRepository } from "./repository_answer.ts";
import { unavailable } from "./http_errors.ts";
import { patienceFor } from "./request_signal.ts";
import { findRoute, type Route } from "./route.ts";
import { runInference } from "./run_inference.ts";
import { statisticsJson } from "./statistics_json.ts";

/** The media type of Prometheus' text format. */
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

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
  server: ServerState,
  request: Request,
): Promise<Response> {
  const start = performance.now();
  const path = pathOf(request.url);
  let failure: unknown;
  let response: Response;
  begin(server);
  try {
    response = await (isOpenAi(path)
      ? respondOpenAi(server, request, path)
      : respondTo(server, request, path));
  } catch (error) {
    failure = error;
    response = isOpenAi(path) ? openAiRefusal(error) : refusal(error);
  } finally {
    end(server);
  }
  // A connection that stays open would bring further requests.
  if (server.state !== "ready") response.headers.set("connection", "close");
  const { status } = response;
  count(server.responses, status);
  report(server, {
    method: request.method,
    path,
    status,
    duration: performance.now() - start,
    ...(failure === undefined ? {} : { error: failure }),
  });
  return response;
}

function respondTo(
  server: ServerState,
  request: Request,
  path: string,
): Response | Promise<Response> {
  const route = findRoute(request.method, path);
  if (!OPEN.has(route.kind)) checkSender(server, request);
  return respond(server, request, route);
}

// OpenAI's API. A response that is sent in parts is being answered until its end.
async function respondOpenAi(
  server: ServerState,
  request: Request,
  path: string,
): Promise<Response> {
  checkSender(server, request);
  if (server.state === "closed") {
    throw unavailable("the server is shutting down");
  }
  const ending = server.signals.watch(request);
  const { signal } = ending;
  const onEnd = enter(server);
  let isStream = false;
  try {
    const answer = await answerOpenAi({
      ...{ models: server.languageModels, request, path, signal, onEnd },
      maxBytes: server.limits.maxRequestBytes,
      timeout: server.limits.requestTimeout,
    });
    isStream = answer.isStream;
    return answer.response;
  } finally {
    ending.release();
    if (!isStream) onEnd();
  }
}

// Pages of other sites do not have the token.
function checkSender({ tokens }: ServerState, request: Request): void {
  if (tokens.areNeeded) tokens.check(request.headers.get("authorization"));
  else checkOrigin(request);
}

function respond(
  server: ServerState,
  request: Request,
  route: Route,
): Response | Promise<Response> {
  const { models, limits } = server;
  const isReady = server.state === "ready";
  switch (route.kind) {
    case "page":
      return pageResponse();
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
      return new Response(formatMetrics([...models], server), {
        headers: { "content-type": METRICS_TYPE },
      });
    case "index":
    case "load":
    case "unload":
      return answerRepository(server, request, route);
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
      return infer(server, request, name, version);
  }
}

function infer(
  server: ServerState,
  request: Request,
  name: string,
  version: string | undefined,
): Promise<Response> {
  const asked = {
    name,
    version,
    client: request,
    patience: patienceFor(request),
  };
  return runInference(server, asked, async (find, ending) => {
    const body = await readBody(request, server.limits.maxRequestBytes, ending);
    const model = find();
    const read = readInference(
      model,
      body,
      request.headers.get(HEADER_LENGTH),
    );
    const outputs = await model.run(read.inputs, ending);
    return writeInference(model, read.json, outputs);
  });
}

function refusal(cause: unknown): Response {
  const { status, text: error, headers } = describeFailure(cause);
  return Response.json({ error }, { status, headers });
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
