/**
 * `iree serve` that collects its garbage and prints its memory when it is asked
 * over a second port. `serve.ts` starts it, with V8's flag `--expose-gc`.
 *
 * @module
 */

import { main } from "../../cli.ts";

const { gc } = globalThis as {
  gc?: (options: Readonly<Record<string, string>>) => void;
};

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`memory at http://127.0.0.1:${port}`),
}, () => {
  gc!({ type: "major", execution: "sync", flavor: "last-resort" });
  return Response.json(Deno.memoryUsage());
});
Deno.exit(await main(["serve", ...Deno.args]));
