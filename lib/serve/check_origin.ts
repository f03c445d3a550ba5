import { RequestError } from "./http_errors.ts";

/** What a browser says of requests by the server's own pages, and by its user. */
const OWN: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Rejects what a page of another site makes a browser send. A browser sends simple
 * requests, such as those of forms, without asking; a server that only its machine
 * reaches, and that needs no token, would run them.
 *
 * @param request The request.
 */
export function checkOrigin({ method, url, headers }: Request): void {
  if (method === "GET" || method === "HEAD") return;
  const origin = headers.get("origin");
  if (origin === null) return;
  const site = headers.get("sec-fetch-site");
  const isOwn = site === null ? isHostOf(origin, url) : OWN.has(site);
  if (isOwn) return;
  throw new RequestError(
    "PERMISSION_DENIED",
    403,
    `pages of ${origin.slice(0, 64)} may not send requests to this server`,
  );
}

// Where TLS ends before the server, only the schemes differ.
function isHostOf(origin: string, url: string): boolean {
  return URL.parse(origin)?.host === URL.parse(url)?.host;
}
