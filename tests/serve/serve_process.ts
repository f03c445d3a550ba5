import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, ROOT } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { SERVED } from "./support.ts";

/** `iree serve` in a process of its own. */
export class ServeProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";
  #url = "";

  private constructor(
    args: readonly string[],
    port: number,
    env: Readonly<Record<string, string>>,
    script: readonly string[],
  ) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", ...denoFlags()],
        ...[...script, `--http-port=${port}`, ...args],
      ],
      env: { NO_COLOR: "1", ...env },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  static async start(...args: readonly string[]): Promise<ServeProcess> {
    return await ServeProcess.startAt(0, ...args);
  }

  /** Starts it on a port. */
  static async startAt(
    port: number,
    ...args: readonly string[]
  ): Promise<ServeProcess> {
    return await ServeProcess.#start(args, port, {});
  }

  /** Starts it with additional environment variables. */
  static async startWith(
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<ServeProcess> {
    return await ServeProcess.#start(args, 0, env);
  }

  /** Starts it by another script, with flags of Deno before it. */
  static async startScript(
    script: readonly string[],
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<ServeProcess> {
    return await ServeProcess.#start(args, 0, env, script);
  }

  static async #start(
    args: readonly string[],
    port: number,
    env: Readonly<Record<string, string>>,
    script: readonly string[] = [join(ROOT, "cli.ts"), "serve"],
  ): Promise<ServeProcess> {
    const process = new ServeProcess(args, port, env, script);
    const isBoth = args.some((it) => it.startsWith("--grpc"));
    const [, url] = await process.until(
      isBoth
        ? /listening on (https?:[^\s"]+)[^]*listening on grpc:[^\s"]+\n/
        : /listening on (https?:[^\s"]+)/,
    );
    process.#url = url;
    return process;
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Its port. */
  get port(): number {
    return Number(new URL(this.#url).port);
  }

  /** What it wrote so far. */
  get text(): string {
    return this.#text;
  }

  /** Its port of gRPC. */
  get grpcPort(): number {
    const [, port] = /listening on grpc:\/\/127.0.0.1:(\d+)/.exec(this.#text)!;
    return Number(port);
  }

  /** Reads until its log matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`no ${pattern} in: ${this.#text}`);
      this.#text += value;
    }
  }

  /** Reads its log until it ends, so that it does not wait for a reader. */
  async readLog(): Promise<void> {
    while (true) {
      const { value, done } = await this.#lines.read();
      if (done) return;
      this.#text += value;
    }
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.#url + path, init);
  }

  async infer(
    model: string,
    rows: number[][],
    signal?: AbortSignal,
  ): Promise<Response> {
    const body = JSON.stringify({
      inputs: [{
        name: "input0",
        datatype: "FP32",
        shape: [rows.length, 4],
        data: rows,
      }],
    });
    return await this.fetch(`/v2/models/${model}/infer`, {
      method: "POST",
      body,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Sends a signal; returns the exit status. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#child.kill(signal);
    await this.readLog();
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#lines.cancel();
    await this.#child.status;
  }
}

/** Milliseconds that a process's main thread has waited for a core. */
async function waitedForCore(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/schedstat`);
  return Number(text.split(" ")[1]) / 1e6;
}

/**
 * Finds a free port that the system gives to no connection, so that it stays free
 * between two servers.
 */
function findPort(): number {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/**
 * Kills a server under load, and starts it again on its port.
 *
 * @returns Milliseconds from both starts to their first answers, without those in
 * which other processes had all cores.
 */
export async function killAndRestart(): Promise<
  { first: number; again: number }
> {
  const start = async (port: number) => {
    const since = performance.now();
    const process = await ServeProcess.startAt(
      port,
      `m=${SERVED}`,
      "--function=score",
    );
    await ask(process);
    const waited = await waitedForCore(process.pid);
    return { process, time: Math.round(performance.now() - since - waited) };
  };
  const { process, time: first } = await start(findPort());
  await using _ = process;
  let count = 0;
  let isKilled = false;
  const client = async () => {
    while (!isKilled) {
      try {
        await ask(process);
        count++;
      } catch (error) {
        // Its connection has ended, or its answer is cut.
        if (!isKilled) throw error;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await waitUntil(() => count > 50, "requests are answered");
  isKilled = true;
  await process.end("SIGKILL");
  await clients;
  const { process: next, time: again } = await start(process.port);
  await using __ = next;
  assertEquals(await next.end(), 0);
  return { first, again };
}

async function ask(process: ServeProcess): Promise<void> {
  const response = await process.infer("m", [[5, 0, 0, 0]]);
  assertEquals((await response.json()).outputs[0].data, [5]);
}

/**
 * Ends a server with SIGTERM while clients ask it, and checks that whatever it
 * answered has reached its client.
 *
 * @returns The statuses of the answers.
 */
export async function endUnderLoad(): Promise<number[]> {
  await using process = await ServeProcess.start(
    `m=${SERVED}`,
    "--function=score",
    "--log-format=json",
    "--log-requests",
    "--max-queue=1000",
  );
  const statuses: number[] = [];
  let isEnding = false;
  // Clients that continue until the server stops answering.
  const client = async () => {
    while (true) {
      try {
        const response = await process.infer("m", [[5, 0, 0, 0]]);
        const body = await response.json();
        statuses.push(response.status);
        if (response.status === 503) return;
        assertEquals(body.outputs[0].data, [5]);
      } catch (error) {
        // Its port is closed.
        if (isEnding && error instanceof TypeError) return;
        throw error;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await waitUntil(() => statuses.length > 50, "requests are answered");
  isEnding = true;
  assertEquals(await process.end(), 0);
  await clients;
  // Whatever the server answered has reached its client.
  const entries = process.text.trimEnd().split("\n").map((it) =>
    JSON.parse(it)
  );
  const answered = entries.filter(({ message }) => /^POST/.test(message));
  assertEquals(
    answered.map(({ status }) => status).toSorted(),
    statuses.toSorted(),
  );
  return statuses;
}
