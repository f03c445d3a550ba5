import type { Runner, Workloads } from "./workload.ts";

/**
 * Reads lines `WORKLOAD COUNT` from stdin until it ends, and prints each work's
 * duration in nanoseconds.
 *
 * @param workloads The workloads by name.
 * @param folder The folder with the compiled programs.
 */
export async function serve(
  workloads: Workloads,
  folder: string,
): Promise<void> {
  const runners = new Map<string, Runner>();
  for await (const line of readLines(Deno.stdin.readable)) {
    const [name, count] = line.split(" ");
    let runner = runners.get(name);
    if (runner === undefined) {
      if (!Object.hasOwn(workloads, name)) {
        throw new Error(`no such workload: ${name}`);
      }
      runner = await workloads[name](folder);
      runners.set(name, runner);
    }
    console.log(Math.round(await time(runner, Number(count))));
  }
  for (const runner of runners.values()) runner[Symbol.dispose]();
}

/** The work's duration in nanoseconds. */
async function time(runner: Runner, count: number): Promise<number> {
  if (runner.before === undefined) return await timeRun(runner, count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    runner.before();
    sum += await timeRun(runner, 1);
  }
  return sum;
}

async function timeRun(runner: Runner, count: number): Promise<number> {
  const start = performance.now();
  const pending = runner.run(count);
  if (pending !== undefined) await pending;
  return (performance.now() - start) * 1e6;
}

/** Splits a stream of bytes into lines. */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
