import { badRequest, notFound, RequestError } from "./request_error.ts";

/** What a request asks of a model. */
type ModelRouteKind = "model" | "modelReady" | "infer" | "modelConfig";

/** What a request asks for. */
export type Route =
  | { readonly kind: "live" | "ready" | "server" | "models" }
  | {
    readonly kind: ModelRouteKind;
    readonly name: string;
    readonly version: string | undefined;
  };

/** Tails of a model's paths. */
const MODEL_TAILS: ReadonlyMap<string, ModelRouteKind> = new Map(
  [
    ["", "model"],
    ["ready", "modelReady"],
    ["infer", "infer"],
    ["config", "modelConfig"],
  ],
);

/**
 * Finds what a request asks for.
 *
 * @param method The request's method.
 * @param path The path of its URL.
 */
export function findRoute(method: string, path: string): Route {
  const route = readPath(path);
  const wanted = route.kind === "infer" ? "POST" : "GET";
  if (method === wanted || (method === "HEAD" && wanted === "GET")) {
    return route;
  }
  throw new RequestError(
    "INVALID_ARGUMENT",
    405,
    `the method of ${path} must be ${wanted}, got ${method}`,
    { allow: wanted },
  );
}

function readPath(path: string): Route {
  const [root, area, ...rest] = splitPath(path);
  if (root !== "v2") throw noPath(path);
  if (area === undefined) return { kind: "server" };
  if (area === "health" && rest.length === 1) {
    const [kind] = rest;
    if (kind === "live" || kind === "ready") return { kind };
  }
  if (area !== "models") throw noPath(path);
  const [name, ...tail] = rest;
  if (name === undefined) return { kind: "models" };
  const version = tail[0] === "versions" ? tail.splice(0, 2)[1] : undefined;
  const kind = tail.length <= 1 ? MODEL_TAILS.get(tail[0] ?? "") : undefined;
  if (kind !== undefined) return { kind, name, version };
  throw noPath(path);
}

function splitPath(path: string): string[] {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    throw badRequest(`the path must be percent-encoded UTF-8, got ${path}`);
  }
}

function noPath(path: string): RequestError {
  return notFound(`no path ${path}; see GET /v2`);
}
