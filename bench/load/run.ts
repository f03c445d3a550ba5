/**
 * Measures servers under load, by hand, on an otherwise idle machine: `iree
 * serve`, KServe's Python model server over IREE's Python bindings, and
 * onnxruntime-node behind `Deno.serve`.
 *
 *     ./dev deno run -A bench/load/run.ts [SECONDS]
 *
 * autocannon sends requests of one row to each, by 1, 8 and 64 connections, as JSON
 * and as binary data. Servers take turns. The table has answers per second, the
 * 99th percentile of latency, and the server's CPU time for an answer.
 *
 * @module
 */

import { join } from "@std/path";
import { installClients } from "../../tests/serve/python_clients.ts";
import {
  denoFlags,
  mustRun,
  ROOT,
  TemporaryFolder,
  tool,
} from "../../tests/support.ts";
import { waitUntil } from "../../tests/waiting.ts";
import { ONNX_PACKAGE } from "../contestants.ts";

const SECONDS = Number(Deno.args[0] ?? 5);
const HERE = join(ROOT, "bench/load");
const MODELS = { mlp: [784], convnet: [3, 32, 32] };
const CONNECTIONS = [1, 8, 64];

/** A server that runs. */
interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: Deno.ChildProcess;
}

/** One measurement. */
interface Load {
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Microseconds of CPU time for an answer. */
  readonly cpu: number;
}

/** A program, its arguments, and where it answers. */
interface Contestant {
  readonly command: string;
  readonly args: readonly string[];
}

const FLAGS = ["run", "-A", "--quiet", "--no-check", ...denoFlags()];

function contestants(
  model: keyof typeof MODELS,
  folder: string,
  port: number,
  python: string | undefined,
): Record<string, Contestant> {
  const program = join(folder, `${model}.vmfb`);
  const onnx = join(folder, `${model}.onnx`);
  const deno = (...args: string[]) => ({ command: Deno.execPath(), args });
  const serve = (...args: string[]) =>
    deno(
      ...[...FLAGS, "--unstable-no-legacy-abort", join(ROOT, "cli.ts")],
      ...["serve", `model=${program}`, `--http-port=${port}`],
      ...["--max-queue=1000", "--device=local-sync", ...args],
    );
  return {
    "iree serve": serve("--instances=2"),
    "iree serve, batches": serve("--max-batch-size=64"),
    ...python === undefined ? {} : {
      "kserve (Python)": {
        command: python,
        args: [
          join(HERE, "kserve_server.py"),
          ...[program, model, `${port}`],
        ],
      },
    },
    "onnxruntime-node": deno(
      ...[...FLAGS, join(HERE, "onnx_server.ts"), onnx, `${port}`],
      ONNX_PACKAGE,
    ),
  };
}

async function start(
  name: string,
  { command, args }: Contestant,
  port: number,
): Promise<Server> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  let ended: Deno.CommandStatus | undefined;
  child.status.then((status) => ended = status);
  await waitUntil(async () => {
    if (ended !== undefined) throw new Error(`${name} ended: ${ended.code}`);
    try {
      await (await fetch(url)).body?.cancel();
      return true;
    } catch {
      return false;
    }
  }, `${name} listens`);
  return { name, url: `${url}/v2/models/model/infer`, child };
}

/** Clock ticks of CPU time that a process and its threads used. */
async function ticksOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** Microseconds of a clock tick. */
const TICK = 10_000;

async function load(
  { url, child }: Server,
  body: { path: string; headers: readonly string[] },
  connections: number,
  seconds: number,
): Promise<Load> {
  const before = await ticksOf(child.pid);
  const text = await mustRun(Deno.execPath(), [
    ...[...FLAGS, join(HERE, "client.ts"), url],
    ...[`${connections}`, `${seconds}`, body.path, ...body.headers],
  ]);
  const used = await ticksOf(child.pid) - before;
  const { "2xx": answered, non2xx, errors, latency, duration } = JSON.parse(
    text,
  );
  if (answered === 0 || non2xx > 0 || errors > 0) {
    throw new Error(`${url}: ${answered} answered, ${non2xx} not, ${errors}`);
  }
  return {
    rate: answered / duration,
    p99: latency.p99,
    cpu: used * TICK / answered,
  };
}

/** Writes the bodies of a model's requests. */
async function writeBodies(
  folder: string,
  shape: readonly number[],
): Promise<Record<string, { path: string; headers: readonly string[] }>> {
  const length = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length }, (_, at) => at % 17 / 17);
  const input = { name: "x", datatype: "FP32", shape: [1, ...shape] };
  const json = JSON.stringify({ inputs: [{ ...input, data: [...data] }] });
  const header = new TextEncoder().encode(JSON.stringify({
    inputs: [{
      ...input,
      parameters: { binary_data_size: data.byteLength },
    }],
  }));
  const paths = [join(folder, "body.json"), join(folder, "body.bin")] as const;
  await Deno.writeTextFile(paths[0], json);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer), header.length);
  await Deno.writeFile(paths[1], bytes);
  return {
    JSON: { path: paths[0], headers: ["content-type=application/json"] },
    binary: {
      path: paths[1],
      headers: [
        "content-type=application/octet-stream",
        `inference-header-content-length=${header.length}`,
      ],
    },
  };
}

const { python, reason } = await installClients("bench/load/requirements.txt");
if (python === undefined) console.log(`without kserve: ${reason}`);
using folder = new TemporaryFolder();
await mustRun(tool("python"), [join(HERE, "models.py"), folder.path]);
for (const [model, shape] of Object.entries(MODELS)) {
  await mustRun(Deno.execPath(), [
    ...[...FLAGS, join(ROOT, "cli.ts"), "compile"],
    ...[folder.join(`${model}.onnx`), "-o", folder.join(`${model}.vmfb`)],
  ]);
  const bodies = await writeBodies(folder.path, shape);
  const servers: Server[] = [];
  let port = 18600;
  try {
    const all = (at: number) =>
      contestants(model as keyof typeof MODELS, folder.path, at, python);
    for (const name of Object.keys(all(0))) {
      port++;
      servers.push(await start(name, all(port)[name]!, port));
    }
    for (const [kind, body] of Object.entries(bodies)) {
      for (const server of servers) await load(server, body, 8, 1);
      for (const connections of CONNECTIONS) {
        for (const server of servers) {
          const { rate, p99, cpu } = await load(
            server,
            body,
            connections,
            SECONDS,
          );
          console.log(
            `${model} ${kind} ${connections} ${server.name}: ` +
              `${rate.toFixed(0)}/s, p99 ${p99} ms, ${cpu.toFixed(0)} µs CPU`,
          );
        }
      }
    }
  } finally {
    for (const { child } of servers) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    }
  }
}
