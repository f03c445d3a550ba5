/**
 * Runs test files one after the other, each in a process of its own, so that
 * one that hangs or crashes costs only its own tests. Wine sometimes hangs while
 * it starts: a process that printed nothing is started once more.
 *
 * @module
 */

import {
  addCounts,
  type Counts,
  formatCounts,
  readCounts,
} from "../run/summary.ts";

/** What runs, and how. */
export interface FileRuns {
  /** Paths of the files. */
  readonly files: readonly string[];
  /**
   * Returns a process that runs a file's tests, with its stdout piped.
   *
   * @param file The file.
   */
  start(file: string): Deno.ChildProcess;
  /** How long a process may print nothing, in milliseconds. */
  readonly silence: number;
  /**
   * Prints text.
   *
   * @param text The text.
   */
  print(text: string): void;
}

/**
 * Runs the files. After their output it prints each file that failed, with the
 * reason, and how many tests passed and failed.
 *
 * @param runs What runs, and how.
 * @returns 0, or 1 if a file failed.
 */
export async function runFiles(runs: FileRuns): Promise<number> {
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const file of runs.files) {
    const { counts, failure } = await runFile(file, runs);
    total = addCounts(total, counts);
    if (failure !== undefined) failures.push(`${file}: ${failure}`);
  }
  for (const failure of failures) runs.print(`${failure}\n`);
  runs.print(`${formatCounts(total)}\n`);
  return failures.length > 0 ? 1 : 0;
}

/** The end of one file's process. */
interface Ended {
  readonly counts: Counts;
  /** What was wrong. */
  readonly failure?: string;
}

async function runFile(file: string, runs: FileRuns): Promise<Ended> {
  const { silence, print } = runs;
  let { text, code, hangs } = await runOnce(file, runs);
  if (hangs && text === "") {
    print(`${file} did not start, and is started again\n`);
    ({ text, code, hangs } = await runOnce(file, runs));
  }
  const counts = readCounts(text, code);
  if (hangs) {
    return { counts, failure: `printed nothing for ${silence / 1000} s` };
  }
  if (code === 0) return { counts };
  const { failed } = counts;
  return { counts, failure: `exit status ${code}, ${failed} failed` };
}

/** Runs a process to its end, or ends one that hangs. */
async function runOnce(
  file: string,
  { start, silence, print }: FileRuns,
): Promise<{ text: string; code: number; hangs: boolean }> {
  const child = start(file);
  let text = "";
  let hangs = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hangs = true;
      kill(child);
    }, silence);
  };
  wait();
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    wait();
    print(part);
    text += part;
  }
  const { code } = await child.status;
  clearTimeout(timer);
  return { text, code, hangs };
}

/** Kills a process, which may have ended by itself. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
