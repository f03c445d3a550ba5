/**
 * Contestants, which run the workloads.
 *
 * @module
 */

import { join } from "@std/path";
import { denoFlags, mustRun, ROOT, tool } from "../tests/support.ts";
import { BENCHMARK_FLAGS, COMMANDS, EXECUTABLE_CACHE } from "./commands.ts";
import { FLOOR } from "./folder.ts";
import { readLines } from "./serve.ts";

/** Names of the contestants, in the order of the table. */
export const CONTESTANTS = {
  floor: "C",
  ours: "Deno",
  tool: "iree-benchmark-module",
  python: "Python",
  onnx: "onnxruntime-node",
  process: "a process",
} as const;

/** Names a contestant. */
export type ContestantName = keyof typeof CONTESTANTS;

/** Runs workloads. */
export interface Contestant {
  /**
   * Runs a workload repeatedly.
   *
   * @returns The total time in nanoseconds.
   */
  run(workload: string, count: number): Promise<number>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Version of the measured package. */
export const ONNX_PACKAGE = "npm:onnxruntime-node@1.30.0";

/**
 * Starts a contestant.
 *
 * @param name The contestant.
 * @param folder The folder with the compiled programs.
 */
export function startContestant(
  name: ContestantName,
  folder: string,
): Contestant {
  const script = (file: string) => join(ROOT, "bench", file);
  const deno = (file: string, ...args: string[]) =>
    new Server(Deno.execPath(), [
      "run",
      "-A",
      "--no-check",
      ...denoFlags(),
      script(file),
      folder,
      ...args,
    ]);
  switch (name) {
    case "floor":
      return new Server(join(folder, FLOOR), [folder]);
    case "ours":
      return deno("ours.ts");
    case "onnx":
      return deno("peers/onnxruntime.ts", ONNX_PACKAGE);
    case "python":
      return new Server(tool("python"), [script("peers/python.py"), folder]);
    case "tool":
      return new BenchmarkTool(folder);
    case "process":
      return new Processes(folder);
  }
}

/** A process that reads its requests line by line. */
export class Server implements Contestant {
  readonly #command: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBufferLike>>;
  readonly #lines: AsyncGenerator<string>;

  constructor(command: string, args: string[]) {
    this.#command = [command, ...args].join(" ");
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = readLines(this.#child.stdout);
  }

  async run(workload: string, count: number): Promise<number> {
    const line = `${workload} ${count}\n`;
    await this.#writer.write(new TextEncoder().encode(line));
    const { value } = await this.#lines.next();
    const nanoseconds = Number(value);
    if (value === undefined || !Number.isFinite(nanoseconds)) {
      throw new Error(`'${this.#command}' did not run ${workload}`);
    }
    return nanoseconds;
  }

  async stop(): Promise<void> {
    await this.#writer.close();
    for await (const _ of this.#lines);
    await this.#child.status;
  }
}

/** The fields that are read from the tool's JSON. */
interface ToolReport {
  benchmarks: { real_time: number; time_unit: keyof typeof NANOSECONDS }[];
}

const NANOSECONDS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** `iree-benchmark-module`, which measures itself. */
class BenchmarkTool implements Contestant {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(workload: string, count: number): Promise<number> {
    const output = await mustRun(tool("iree-benchmark-module"), [
      ...BENCHMARK_FLAGS[workload],
      `--benchmark_min_time=${count}x`,
      "--benchmark_min_warmup_time=0.02",
      "--benchmark_format=json",
    ], { cwd: this.#folder });
    const { benchmarks: [row] }: ToolReport = JSON.parse(output);
    return row.real_time * NANOSECONDS[row.time_unit] * count;
  }

  async stop(): Promise<void> {}
}

/** Processes that are measured from start to exit. */
class Processes implements Contestant {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(workload: string, count: number): Promise<number> {
    const [command, ...args] = COMMANDS[workload]();
    const env = workload === "iree_run_executable"
      ? { XDG_CACHE_HOME: join(this.#folder, EXECUTABLE_CACHE) }
      : undefined;
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      const { code } = await new Deno.Command(command, {
        args,
        cwd: this.#folder,
        env,
        stdin: "null",
        stdout: "null",
      }).output();
      if (code !== 0) {
        throw new Error(`'${command} ${args.join(" ")}' ended with ${code}`);
      }
    }
    return (performance.now() - start) * 1e6;
  }

  async stop(): Promise<void> {}
}
