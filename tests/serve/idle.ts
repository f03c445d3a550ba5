/**
 * Keeps connections to a server open without a request, by hand, and asks it
 * meanwhile.
 *
 *     ulimit -n 20000 && ./dev deno run -A tests/serve/idle.ts [CONNECTIONS]
 *
 * By default 10,000. Half of them have sent the beginning of a request. Fails if a
 * request is answered wrongly, or if one of the connections was closed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

const COUNT = Number(Deno.args[0] ?? 10_000);
const BEGINNING = new TextEncoder().encode(
  "POST /v2/models/m/infer HTTP/1.1\r\n",
);

await using server = await ServeProcess.start(
  `m=${SERVED}`,
  "--function=score",
);

async function ask(): Promise<number> {
  const start = performance.now();
  const response = await server.infer("m", [[5, 0, 0, 0]]);
  assertEquals((await response.json()).outputs[0].data, [5]);
  return performance.now() - start;
}

async function memory(): Promise<number> {
  const text = await (await server.fetch("/metrics")).text();
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(text)!;
  return Number(bytes) / 2 ** 20;
}

await ask();
const before = await memory();
const connections: Deno.TcpConn[] = [];
let closed = 0;
for (let at = 0; at < COUNT; at++) {
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  connections.push(connection);
  if (at % 2 === 0) await connection.write(BEGINNING);
  // A server that closes it ends the read.
  connection.read(new Uint8Array(1)).then(() => closed++, () => {});
}
const times: number[] = [];
for (let at = 0; at < 100; at++) times.push(await ask());
const after = await memory();
assertEquals(closed, 0);
for (const connection of connections) connection.close();
await ask();
console.log(
  `${COUNT} connections: ${(after - before).toFixed(0)} MiB more, answers in ` +
    `${Math.max(...times).toFixed(0)} ms at most`,
);
assertEquals(await server.end(), 0);
