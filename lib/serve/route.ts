import { badRequest, notFound, RequestError } from "./http_errors.ts";

/** What a request asks of the server. */
type ServerRouteKind =
  | "page"
  | "openApi"
  | "live"
  | "ready"
  | "server"
  | "models"
  | "statistics"
  | "metrics"
  | "index";

/** What a request asks of a model. */
type ModelRouteKind =
  | "model"
  | "modelReady"
  | "infer"
  | "modelConfig"
  | "modelStatistics"
  | "load"
  | "unload";

/** What a request asks for. */
export type Route =
  | { readonly kind: ServerRouteKind }
  | {
    readonly kind: ModelRouteKind;
    readonly name: string;
    readonly version: string | undefined;
  };

/** Paths outside the protocol. */
const FIXED_PATHS: ReadonlyMap<string, ServerRouteKind> = new Map(
  [
    ["/", "page"],
    ["/openapi.json", "openApi"],
    ["/metrics", "metrics"],
  ],
);

/** Tails of a model's paths. */
const MODEL_TAILS: ReadonlyMap<string, ModelRouteKind> = new Map(
  [
    ["", "model"],
    ["ready", "modelReady"],
    ["infer", "infer"],
    ["config", "modelConfig"],
    ["stats", "modelStatistics"],
  ],
);

/** What is asked by POST. */
const POSTED: ReadonlySet<Route["kind"]> = new Set(
  ["infer", "index", "load", "unload"] as const,
);

/**
 * Finds what a request asks for.
 *
 * @param method The request's method.
 * @param path The path of its URL.
 */
export function findRoute(method: string, path: string): Route {
  const route = readPath(path);
  const wanted = POSTED.has(route.kind) ? ["POST"] : ["GET", "HEAD"];
  if (wanted.includes(method)) return route;
  throw new RequestError(
    "INVALID_ARGUMENT",
    405,
    `the method of ${path} must be ${wanted[0]}, got ${method}`,
    { allow: wanted.join(", ") },
  );
}

function readPath(path: string): Route {
  const fixed = FIXED_PATHS.get(path);
  if (fixed !== undefined) return { kind: fixed };
  const [root, area, ...rest] = splitPath(path);
  if (root !== "v2") throw noPath(path);
  if (area === undefined) return { kind: "server" };
  if (area === "health" && rest.length === 1) {
    const [kind] = rest;
    if (kind === "live" || kind === "ready") return { kind };
  }
  if (area === "repository") return readRepositoryPath(path, rest);
  if (area !== "models") throw noPath(path);
  if (rest.length === 1 && rest[0] === "stats") return { kind: "statistics" };
  const [name, ...tail] = rest;
  if (name === undefined) return { kind: "models" };
  const version = tail[0] === "versions" ? tail.splice(0, 2)[1] : undefined;
  const kind = tail.length <= 1 ? MODEL_TAILS.get(tail[0] ?? "") : undefined;
  if (kind !== undefined) return { kind, name, version };
  throw noPath(path);
}

function readRepositoryPath(path: string, rest: readonly string[]): Route {
  const [area, name, kind, ...more] = rest;
  if (area === "index" && name === undefined) return { kind: "index" };
  const isAction = kind === "load" || kind === "unload";
  if (area === "models" && name !== undefined && isAction && !more.length) {
    return { kind, name, version: undefined };
  }
  throw noPath(path);
}

function splitPath(path: string): string[] {
  const parts = path.slice(1).split("/");
  if (!path.includes("%")) return parts;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    throw badRequest(`the path must be percent-encoded UTF-8, got ${path}`);
  }
}

function noPath(path: string): RequestError {
  return notFound(`no path ${path}; see GET /v2`);
}
