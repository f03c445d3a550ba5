/**
 * Restarts a watched program of 100 MiB repeatedly in one process, and prints
 * the resident memory, threads and native allocations of each run. Run by hand:
 *
 * ```
 * ./dev deno run -A tests/soak/restarts.ts --count=50
 * ```
 *
 * Fails if the last runs have 5 % more resident memory than the first one, or a
 * run has more threads or allocations.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { denoFlags, program } from "../support.ts";

/** What a run found in its process. */
export interface Run {
  /** Resident memory in bytes, with the program loaded. */
  readonly resident: number;
  /** Threads that the package started. */
  readonly threads: number;
  /** Live native allocations that earlier runs left. */
  readonly live: number;
}

/** The greatest growth of the resident memory, in a long run by hand. */
const GROWTH = 1.05;

/**
 * Runs a program, and restarts it by saving its file.
 *
 * @param count How many times it runs.
 * @param onRun Receives each run.
 */
export async function restart(
  count: number,
  onRun?: (run: Run) => void,
): Promise<Run[]> {
  const folder = await Deno.makeTempDir();
  const script = join(folder, "watched.ts");
  const url = JSON.stringify(import.meta.resolve("./restarted.ts"));
  const save = () =>
    Deno.writeTextFileSync(
      script,
      `await import(${url});\n// ${performance.now()}\n`,
    );
  save();
  const programs = [await program("weights.mlir"), await program("mul.mlir")];
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--watch", "-A", "--no-check", ...denoFlags()],
      ...[script, ...programs],
    ],
    // glibc first maps large memory, whose pages are not resident until they are
    // used. Once such memory was freed, it takes it from the heap and clears it.
    env: { MALLOC_MMAP_THRESHOLD_: "131072" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  // A watcher that is not ready misses a change.
  let delay = 250;
  let saving = setTimeout(saveAgain, delay);
  function saveAgain(): void {
    save();
    delay *= 2;
    saving = setTimeout(saveAgain, delay);
  }
  const runs: Run[] = [];
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const run: Run = JSON.parse(line);
      runs.push(run);
      onRun?.(run);
    }
    if (runs.length >= count) break;
    clearTimeout(saving);
    delay = 250;
    saving = setTimeout(saveAgain, delay);
  }
  clearTimeout(saving);
  child.kill("SIGKILL");
  await child.status;
  await Deno.remove(folder, { recursive: true });
  return runs.slice(0, count);
}

/**
 * Finds what a run has that the first one has not. What stays adds up, and
 * garbage comes and goes: of the last three runs, the smallest counts.
 *
 * @param runs The runs.
 * @param growth The greatest growth of the resident memory, as a factor.
 * @returns Each run that has more, as text.
 */
export function remainders(
  [first, ...others]: readonly Run[],
  growth: number = GROWTH,
): string[] {
  const [smallest] = others.slice(-3).toSorted((a, b) =>
    a.resident - b.resident
  );
  return others.filter((run) =>
    run.threads > first!.threads || run.live > first!.live ||
    run === smallest && run.resident > growth * first!.resident
  ).map((run) => `${JSON.stringify(run)} after ${JSON.stringify(first)}`);
}

if (import.meta.main) {
  const { count } = parseArgs(Deno.args, {
    string: ["count"],
    default: { count: "50" },
  });
  const runs = await restart(
    Number(count),
    (run) => console.log(JSON.stringify(run)),
  );
  const wrong = remainders(runs);
  console.log(wrong.length === 0 ? "nothing stays" : wrong.join("\n"));
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
