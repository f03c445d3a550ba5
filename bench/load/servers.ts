import { join } from "@std/path";
import { mustRun, ROOT } from "../../tests/support.ts";
import { waitUntil } from "../../tests/waiting.ts";
import { ONNX_PACKAGE } from "../contestants.ts";
import type { Client, Command } from "./clients.ts";
import { cpuTimeOf } from "./cpu_time.ts";
import { type Body, RUN } from "./models.ts";

const HERE = join(ROOT, "bench/load");

/** Names of the servers. */
export const NAMES = {
  ours: "iree serve",
  batching: "iree serve, batches",
  kserve: "kserve (Python)",
  onnxruntime: "onnxruntime-node",
} as const;

/** A server that runs. */
export interface Server {
  readonly name: string;
  readonly url: string;
  readonly child: Deno.ChildProcess;
}

/** One measurement. */
export interface Load {
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Microseconds of CPU time for an answer. */
  readonly cpu: number;
}

/**
 * Lists the servers for a model.
 *
 * @param path Path of the model's files, without their endings.
 * @param model Its name, which is also the function's.
 * @param port Where it answers.
 * @param python Python with KServe, if there is one.
 */
export function contestants(
  path: string,
  model: string,
  port: number,
  python: string | undefined,
): Map<string, Command> {
  const deno = (...args: string[]) => ({ command: Deno.execPath(), args });
  const serve = (...args: string[]) =>
    deno(
      ...[...RUN, "--unstable-no-legacy-abort", join(ROOT, "cli.ts")],
      ...["serve", `model=${path}.vmfb`, `--http-port=${port}`],
      ...["--max-queue=1000", "--device=local-sync", ...args],
    );
  const found = new Map<string, Command>([
    [NAMES.ours, serve("--instances=2")],
    [NAMES.batching, serve("--max-batch-size=64")],
    [
      NAMES.onnxruntime,
      deno(
        ...[...RUN, join(HERE, "onnx_server.ts"), `${path}.onnx`, `${port}`],
        ONNX_PACKAGE,
      ),
    ],
  ]);
  if (python !== undefined) {
    const script = join(HERE, "kserve_server.py");
    const args = [script, `${path}.vmfb`, model, `${port}`];
    found.set(NAMES.kserve, { command: python, args });
  }
  return found;
}

/** Starts a server, and waits until it listens. */
export async function start(
  name: string,
  { command, args }: Command,
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

/** Ends a server. */
export async function stop({ child }: Server): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  await child.status;
}

/** Sends requests to a server. */
export async function load(
  client: Client,
  { name, url, child }: Server,
  body: Body,
  connections: number,
  seconds: number,
): Promise<Load> {
  const { command, args } = client({ url, body, connections, seconds });
  const before = await cpuTimeOf(child.pid);
  const text = await mustRun(command, [...args]);
  const used = await cpuTimeOf(child.pid) - before;
  // wrk's own report comes before it.
  const { answered, refused, failures, p99, duration } = JSON.parse(
    text.slice(text.indexOf("{")),
  );
  if (answered === 0 || refused > 0 || failures > 0) {
    throw new Error(
      `${name}: ${answered} answered, ${refused} refused, ${failures} failed`,
    );
  }
  return { rate: answered / duration, p99, cpu: used / answered };
}
