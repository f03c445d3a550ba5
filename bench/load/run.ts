/**
 * Measures servers under load, by hand, on an otherwise idle machine: `iree
 * serve`, KServe's Python model server over IREE's Python bindings, and
 * onnxruntime-node behind `Deno.serve`.
 *
 *     ./dev bench:load [--seconds=N] [--rounds=N] [--only=MODEL]
 *
 * wrk sends requests of one row to each, by 1, 8 and 64 connections, as JSON and as
 * binary data. Servers take turns. The table has medians of the rounds:
 * answers per second, the 99th percentile of latency, and the server's CPU time
 * for an answer. `bench/LOAD.md` explains them.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { installClients } from "../../tests/serve/python_clients.ts";
import { mustRun, ROOT, TemporaryFolder } from "../../tests/support.ts";
import { type Client, findClient } from "./clients.ts";
import { judge, keyOf, MOST_CONNECTIONS } from "./goals.ts";
import { MODELS, RUN, writeBodies, writeModels } from "./models.ts";
import {
  contestants,
  type Load,
  load,
  type Server,
  start,
  stop,
} from "./servers.ts";

const CONNECTIONS = [1, 8, MOST_CONNECTIONS];

/** The port of the first server. */
const FIRST_PORT = 18600;

const flags = parseArgs(Deno.args, {
  string: ["seconds", "rounds", "only"],
  unknown: (name) => {
    throw new Error(`unknown flag or argument '${name}'`);
  },
});
const seconds = Number(flags.seconds ?? 4);
const rounds = Number(flags.rounds ?? 3);
if (!(seconds >= 1 && rounds >= 1)) {
  throw new Error("--seconds and --rounds must be positive numbers");
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}

function mediansOf(loads: readonly Load[]): Load {
  return {
    rate: median(loads.map((it) => it.rate)),
    p99: median(loads.map((it) => it.p99)),
    cpu: median(loads.map((it) => it.cpu)),
  };
}

async function startAll(
  path: string,
  model: string,
  python: string | undefined,
  servers: Server[],
): Promise<void> {
  const names = [...contestants(path, model, 0, python).keys()];
  for (const [at, name] of names.entries()) {
    const port = FIRST_PORT + at;
    const found = contestants(path, model, port, python).get(name)!;
    servers.push(await start(name, found, port));
  }
}

/** Measures all servers, which take turns. */
async function measure(
  client: Client,
  servers: readonly Server[],
  path: string,
  shape: readonly number[],
): Promise<Map<string, Load>> {
  const loads = new Map<string, Load>();
  for (const [kind, body] of Object.entries(await writeBodies(path, shape))) {
    for (const server of servers) await load(client, server, body, 8, 1);
    for (const connections of CONNECTIONS) {
      const found = servers.map((): Load[] => []);
      for (let round = 0; round < rounds; round++) {
        for (const [at, server] of servers.entries()) {
          found[at]!.push(
            await load(client, server, body, connections, seconds),
          );
        }
      }
      for (const [at, { name }] of servers.entries()) {
        const middle = mediansOf(found[at]!);
        loads.set(keyOf(kind, connections, name), middle);
        const { rate, p99, cpu } = middle;
        console.log(
          `| ${kind} | ${connections} | ${name} | ${rate.toFixed(0)} | ` +
            `${p99} | ${cpu.toFixed(0)} |`,
        );
      }
    }
  }
  return loads;
}

const { python, reason } = await installClients("bench/load/requirements.txt");
if (python === undefined) console.log(`without kserve: ${reason}`);
const { name: generator, client } = await findClient();
console.log(`requests are sent by ${generator}`);
using folder = new TemporaryFolder();
await writeModels(folder.path);
for (const [model, shape] of Object.entries(MODELS)) {
  if (flags.only !== undefined && flags.only !== model) continue;
  const path = folder.join(model);
  const servers: Server[] = [];
  console.log(`\n## ${model}\n`);
  console.log("| body | connections | server | answers/s | p99 ms | CPU µs |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  try {
    await startAll(path, model, python, servers);
    const loads = await measure(client, servers, folder.path, shape);
    const call = Number(
      await mustRun(Deno.execPath(), [
        ...[...RUN, join(ROOT, "bench/load/bare_call.ts")],
        ...[`${path}.vmfb`, ...shape.map(String)],
      ]),
    );
    console.log(`\nbare call: ${call.toFixed(0)} µs of CPU`);
    for (const line of judge(loads, call)) console.log(line);
  } finally {
    for (const server of servers) await stop(server);
  }
}
