/**
 * Sends requests to a server by autocannon, and prints the result as JSON.
 *
 *     deno run -A client.ts URL CONNECTIONS SECONDS BODY [NAME=VALUE…]
 *
 * Used if wrk is missing. autocannon's own command reads bodies as text, which
 * binary data is not.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** The tool that sends requests. */
const AUTOCANNON = "npm:autocannon@9.0.0";

const [url, connections, duration, path, ...headers] = Deno.args;
const { default: autocannon } = await import(AUTOCANNON);
let failures = 0;
const running = autocannon({
  url,
  connections: Number(connections),
  duration: Number(duration),
  method: "POST",
  body: Buffer.from(await Deno.readFile(path!)),
  headers: Object.fromEntries(headers.map((it) => it.split("="))),
});
running.on("reqError", () => failures++);
const result = await running;
console.log(JSON.stringify({
  answered: result["2xx"],
  refused: result.non2xx,
  failures,
  p99: result.latency.p99,
  duration: result.duration,
}));
