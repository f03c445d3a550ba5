import { readBody } from "./read_body.ts";
import type { ModelRepository } from "./model_repository.ts";
import { demandObject, parseJson, readFlag } from "./request_json.ts";
import { changeModel, needRepository } from "./repository_change.ts";
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
  server: { readonly repository?: ModelRepository },
  request: Request,
  route: Route,
): Promise<Response> {
  const repository = needRepository(server);
  const bytes = await readBody(request, LONGEST_BODY, request.signal);
  const body = bytes.length === 0
    ? {}
    : demandObject("the request", parseJson(bytes));
  if (!("name" in route)) {
    const onlyReady = readFlag("ready", body.ready) ?? false;
    return Response.json(await repository.index(onlyReady));
  }
  const parameters = demandObject("parameters", body.parameters ?? {});
  readFlag("parameter 'unload_dependents'", parameters.unload_dependents);
  const kind = route.kind === "load" ? "load" : "unload";
  await changeModel(repository, kind, route.name, Object.keys(parameters));
  return new Response();
}
