import { IreeError } from "../base/error.ts";
import { readBody } from "./body.ts";
import type { ModelRepository } from "./model_repository.ts";
import { demandObject, parseJson, readFlag } from "./protocol.ts";
import { badRequest, notFound } from "./request_error.ts";
import type { Route } from "./route.ts";

/** The most bytes of a request to the repository. */
const LONGEST_BODY = 65_536;

/**
 * Answers a request of the model repository extension.
 *
 * @param server The server's repository.
 * @param request The request.
 * @param route What it asks for.
 */
export async function answerRepository(
  { repository }: { readonly repository?: ModelRepository },
  request: Request,
  route: Route,
): Promise<Response> {
  if (repository === undefined) {
    throw notFound("the server has no model repository");
  }
  const bytes = await readBody(request, LONGEST_BODY, request.signal);
  const body = bytes.length === 0
    ? {}
    : demandObject("the request", parseJson(bytes));
  if (!("name" in route)) {
    const isReady = readFlag("ready", body.ready);
    const entries = await repository.index();
    return Response.json(
      isReady ? entries.filter(({ state }) => state === "READY") : entries,
    );
  }
  const parameters = demandObject("parameters", body.parameters ?? {});
  const unsupported = Object.keys(parameters).find((name) =>
    !/^unload_dependents$/.test(name)
  );
  if (unsupported !== undefined) {
    throw badRequest(`parameter '${unsupported}' is not supported`);
  }
  readFlag("parameter 'unload_dependents'", parameters.unload_dependents);
  try {
    await repository[route.kind === "load" ? "load" : "unload"](route.name);
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    if (error.code === "NOT_FOUND") throw notFound(error.detail);
    throw badRequest(`model '${route.name}': ${error.detail}`);
  }
  return new Response();
}
