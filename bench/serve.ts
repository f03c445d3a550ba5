import type { Runner, Workloads } from "./workload.ts";

/**
 * Reads lines `WORKLOAD COUNT` from stdin and answers each with the
 * nanoseconds that the work took, until stdin ends.
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
    const start = performance.now();
    const pending = runner.run(Number(count));
    if (pending !== undefined) await pending;
    console.log(Math.round((performance.now() - start) * 1e6));
  }
  for (const runner of runners.values()) runner[Symbol.dispose]();
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
