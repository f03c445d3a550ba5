/**
 * Ends servers under load, by hand. No request that a server has accepted is lost
 * after SIGTERM. After SIGKILL, the same command serves again on the same port,
 * at most a second later than a first start.
 *
 *     ./dev deno run -A tests/serve/kill.ts [TRIES]
 *
 * @module
 */

import { endUnderLoad, killAndRestart } from "./serve_process.ts";

/** Milliseconds that a restart may take longer than a first start. */
const MOST_LATER = 1000;

const tries = Number(Deno.args[0] ?? 50);
for (let at = 1; at <= tries; at++) {
  const statuses = await endUnderLoad();
  const count = (status: number) =>
    statuses.filter((it) => it === status).length;
  console.log(`${at}: ${count(200)} answered, ${count(503)} turned away`);
}
console.log(`SIGTERM: ${tries} of ${tries} lost nothing`);

for (let at = 1; at <= tries; at++) {
  const { first, again } = await killAndRestart();
  console.log(`${at}: first ${first} ms, again ${again} ms`);
  if (again > first + MOST_LATER) throw new Error("the restart took too long");
}
console.log(`SIGKILL: ${tries} of ${tries} serve again in time`);
