/**
 * Runs cases in separate processes, many cases in each. A crash, a hang or a
 * memory blow-up is attributed to one case, and the next one continues.
 *
 * @module
 */

import { join } from "@std/path";
import { denoFlags, ROOT } from "../support.ts";
import { cpuSeconds, isRunnable } from "./process.ts";

/** A forbidden outcome of a case. */
export interface Failure {
  readonly case: number;
  readonly what: "crash" | "hang" | "error";
  /** The step that the case had announced. */
  readonly at: string;
  readonly detail: string;
}

/** Outcomes of cases. */
export interface Summary {
  /** Counts of the outcomes: `OK`, a status code, `loop` or a failure. */
  readonly outcomes: Map<string, number>;
  readonly failures: Failure[];
  /** Numbers of the cases whose calls never end, working or waiting. */
  readonly endless: number[];
}

/** What a worker does: its cases, and what it needs for them. */
export interface CaseRange {
  /** Number of the first case. */
  readonly start: number;
  /** Number after the last case. */
  readonly end: number;
}

/** Options of a run. */
export interface RunOptions {
  /** Path of the worker from the repository's root. */
  readonly worker: string;
  /** The worker's argument. */
  readonly order: CaseRange;
  /** Variables of the environment that the worker needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called after each case. */
  readonly onCase?: (summary: Summary) => void;
}

/** Memory limit of a process, in KiB; allocations beyond it fail. */
const MAX_MEMORY = 2 * 1024 * 1024;

/** Seconds of work after which a call counts as endless. */
const MAX_CALL = 0.5;

/** Seconds between two checks of a process. */
const LOOK = 0.1;

/** Seconds of waiting after which a call counts as endless. */
const MAX_CALL_WAIT = 5;

/** Seconds of work allowed for anything else. */
const MAX_WORK = 10;

/** Seconds of waiting allowed for anything else. */
const MAX_WAIT = 30;

/**
 * Runs all cases.
 *
 * @param options The cases to run.
 * @returns Their outcomes.
 */
export async function runCases(options: RunOptions): Promise<Summary> {
  const summary: Summary = { outcomes: new Map(), failures: [], endless: [] };
  const { order } = options;
  let { start } = order;
  while (start < order.end) {
    const rest = { ...options, order: { ...order, start } };
    start = await runProcess(rest, summary);
  }
  return summary;
}

/** Runs cases until the process ends; returns the number of the next case. */
async function runProcess(
  options: RunOptions,
  summary: Summary,
): Promise<number> {
  const child = spawn(options);
  const errors = readTail(child.stderr);
  let current = -1;
  let next = options.order.start;
  let at = "start";
  let last = cpuSeconds(child.pid);
  let waited = 0;
  let end: "hang" | "loop" | "wait" | undefined;
  const add = (outcome: string): void => {
    const { outcomes } = summary;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    next = current + 1;
    options.onCase?.(summary);
  };
  const fail = (what: Failure["what"], detail: string): void => {
    summary.failures.push({ case: current, what, at, detail });
  };
  let moved = false;
  const watch = setInterval(() => {
    const now = cpuSeconds(child.pid);
    if (moved) {
      last = now;
      waited = 0;
      moved = false;
      return;
    }
    // Counts checks instead of time: a process that is ready to run is not
    // waiting, however long a busy machine delays it.
    if (!isRunnable(child.pid)) waited += LOOK;
    // Only a mutated program may loop forever, and only while it runs.
    const isCall = /^(?:call |link)/.test(at);
    const work = now - last;
    if (isCall && work > MAX_CALL) end ??= "loop";
    else if (isCall && waited > MAX_CALL_WAIT) end ??= "wait";
    else if (work > MAX_WORK || waited > MAX_WAIT) end ??= "hang";
    if (end !== undefined) kill(child);
  }, 1000 * LOOK);
  let left = "";
  try {
    for await (const line of readLines(child.stdout)) {
      moved = true;
      const [, word, rest] = /^@(\w+) (.*)$/.exec(line) ?? [];
      if (word === "case") {
        current = Number(rest);
        at = "begin";
      } else if (word === "at") at = JSON.parse(rest);
      else if (word === "bad") fail("error", JSON.parse(rest));
      else if (word === "end") add(rest);
      else if (word === "done") left = rest;
    }
  } finally {
    clearInterval(watch);
  }
  const { code, signal } = await child.status;
  const tail = await errors;
  if (current < 0) throw new Error(`no case was begun: ${code}\n${tail}`);
  if (left === "0" && code === 0) return next;
  if (left !== "") {
    at = "end";
    fail("error", `exit ${code}, ${left} allocations left\n${tail}`);
    return next;
  }
  if (end === "loop" || end === "wait") summary.endless.push(current);
  else if (end === "hang") fail("hang", tail);
  else fail("crash", `${signal ?? `exit ${code}`}\n${tail}`);
  add(end ?? "crash");
  return next;
}

function spawn({ worker, order, env }: RunOptions): Deno.ChildProcess {
  const deno = [
    Deno.execPath(),
    "run",
    "-A",
    "--v8-flags=--max-old-space-size=1024",
    ...denoFlags(),
    join(ROOT, worker),
    JSON.stringify(order),
  ];
  // AddressSanitizer reserves more address space than there is memory.
  const limited = Deno.build.os === "linux" && !Deno.env.has("LD_PRELOAD");
  const command = limited
    ? ["sh", "-c", `ulimit -d ${MAX_MEMORY} && exec "$@"`, "sh", ...deno]
    : deno;
  return new Deno.Command(command[0], {
    args: command.slice(1),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // The process has already ended.
  }
}

async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Reads a stream to its end and keeps the last part. */
async function readTail(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text = `${text}${chunk}`.slice(-6000);
  }
  return text;
}
