import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, iree, ROOT, TemporaryFolder, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import { SERVED } from "./support.ts";

/** `iree serve` in a process of its own. */
class ServeProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";
  #url = "";

  private constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--unstable-no-legacy-abort", ...denoFlags()],
        ...[join(ROOT, "cli.ts"), "serve", "--http-port=0", ...args],
      ],
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  static async start(...args: readonly string[]): Promise<ServeProcess> {
    const process = new ServeProcess(args);
    const [, url] = await process.until(/listening on (http:[^\s"]+)/);
    process.#url = url;
    return process;
  }

  /** What it wrote so far. */
  get text(): string {
    return this.#text;
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

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.#url + path, init);
  }

  async infer(model: string, rows: number[][]): Promise<Response> {
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
    });
  }

  /** Sends a signal; returns the exit status. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#child.kill(signal);
    while (true) {
      const { value, done } = await this.#lines.read();
      if (done) break;
      this.#text += value;
    }
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

test("iree serve answers requests, and ends with 0 on SIGTERM", async () => {
  await using process = await ServeProcess.start(
    `served=${SERVED}`,
    "--instances=2",
    "--max-batch-size=16",
  );
  assertMatch(
    process.text,
    /model served has several functions, and score is served; choose with --function/,
  );
  const response = await process.infer("served", [[1, 0, 0, 0], [0, 1, 0, 0]]);
  assertEquals((await response.json()).outputs[0].data, [1, 2]);
  const wrong = await process.infer("none", []);
  assertEquals(wrong.status, 404);
  await wrong.body?.cancel();
  await process.until(/info POST \/v2\/models\/none\/infer status=404/);
  assertEquals(await process.end(), 0);
  assertMatch(process.text, /ending on SIGTERM\n.* ended\n$/);
});

test("SIGTERM loses no request that has arrived", async () => {
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
});

test("iree serve rejects wrong usage before it loads anything", async () => {
  using folder = new TemporaryFolder();
  const messageOf = async (...args: string[]) => {
    const { code, stderr } = await iree(["serve", ...args]);
    return [code, stderr.split("\n")[0]];
  };
  assertEquals(await messageOf(), [
    2,
    "error: no MODEL or --model-repository to serve",
  ]);
  assertEquals(await messageOf("a.vmfb", "b/a.vmfb"), [
    2,
    "error: two models have the name 'a'; name them: NAME=MODEL",
  ]);
  assertEquals(await messageOf("a.vmfb", "--batch-delay=1"), [
    2,
    "error: --batch-delay needs --max-batch-size",
  ]);
  assertEquals(await messageOf("a.vmfb", "--http-port=70000"), [
    2,
    "error: flag 'http_port' must be an integer from 0 to 65535, got '70000'",
  ]);
  const [code, line] = await messageOf(folder.join("none.vmfb"));
  assertEquals(code, 1);
  assert(String(line).includes("none.vmfb"));
});
