/**
 * Starts the server, prints what it streams, and shuts it down.
 *
 *     client.ts PROGRAM
 *
 * @module
 */

import { serve } from "./server.ts";

const server = serve(Deno.args[0], 0);

const response = await fetch(`${server.url}?steps=4`);
for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
  await Deno.stdout.write(new TextEncoder().encode(text));
}

const refused = await fetch(`${server.url}?steps=many`);
console.log(refused.status, (await refused.text()).trim());

await server.shutdown();
