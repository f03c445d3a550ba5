/**
 * `./dev test`: runs `deno test` over all tests and examples or the given ones.
 * The last line is `N passed, N failed`.
 *
 *     main.ts [--asan] [ARGUMENTS of deno test]
 *
 * With `--asan`, also counts the sanitizers' reports as one test. `./dev`
 * builds the library first. Imports only files of this folder and of
 * `sanitizers/`, so that it runs without a configuration.
 *
 * @module
 */

import { findings, formatFindings } from "../sanitizers/reports.ts";
import { groupTests } from "./groups.ts";
import { InOrder } from "./in_order.ts";
import { documentedFiles, namesPath } from "./selection.ts";
import { addCounts, type Counts, formatCounts, readCounts } from "./summary.ts";

const ROOT: string = new URL("../..", import.meta.url).pathname;

const CHECKED = ["-A", "--sanitize-resources", "--sanitize-ops"];

/** Several tests start compilers, which take memory and all cores. */
const MOST_PROCESSES = 4;

/** The runs of Deno so far. */
class Runs {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  #status = 0;
  readonly #output = new InOrder((text) => print(text));

  constructor(
    private readonly folder: string,
    private readonly reports: string | undefined,
  ) {}

  get counts(): Counts {
    return this.#counts;
  }

  /** The status of the last failed run, or 0. */
  get status(): number {
    return this.#status;
  }

  /** Runs Deno and passes its output on when it is its turn. */
  async add(args: readonly string[]): Promise<void> {
    const turn = this.#output.add();
    const env = this.reports === undefined
      ? {}
      : reportingTo(await Deno.makeTempDir({ dir: this.reports }));
    // One pipe for both streams keeps their order.
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec "$0" deno "$@" 2>&1', `${ROOT}dev`, ...args],
      cwd: this.folder,
      env,
      stdout: "piped",
    }).spawn();
    let text = "";
    for await (
      const chunk of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      turn.write(chunk);
    }
    const { code } = await child.status;
    turn.end();
    this.#count(readCounts(text, code), code);
  }

  /** Runs lists of arguments, several at the same time. */
  async addAll(all: readonly (readonly string[])[]): Promise<void> {
    const waiting = [...all];
    const work = async (): Promise<void> => {
      for (;;) {
        const next = waiting.shift();
        if (next === undefined) return;
        await this.add(next);
      }
    };
    const processes = Math.min(MOST_PROCESSES, navigator.hardwareConcurrency);
    await Promise.all(Array.from({ length: processes }, work));
  }

  /** Counts the sanitizers' reports in a folder as one test. */
  judge(reports: string): void {
    const found = [...Deno.readDirSync(reports)].flatMap(({ name }) =>
      findings(`${reports}/${name}`)
    );
    console.log(formatFindings(found));
    const failed = found.length > 0 ? 1 : 0;
    this.#count(
      { passed: 1 - failed, failed, skipped: 0 },
      this.#status === 0 ? failed : 0,
    );
  }

  #count(counts: Counts, status: number): void {
    this.#counts = addCounts(this.#counts, counts);
    if (status !== 0) this.#status = status;
  }
}

/** Writes all of a text to stdout, which may be a pipe that takes a part. */
function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}

/**
 * Sanitizer options that make every process write its reports into a folder. An
 * error ends the process. A leak does not change the exit status, since Deno
 * has leaks of its own.
 */
function reportingTo(folder: string): Record<string, string> {
  const options = [
    `log_path=${folder}/report`,
    "log_exe_name=1",
    // Stacks are short and name only each frame's library, which shows the
    // owner: naming frames of compiled JavaScript takes long.
    `stack_trace_format="    #%n %F %L from %m"`,
    "malloc_context_size=12",
    "abort_on_error=1",
    "exitcode=0",
    "handle_sigill=1",
    "handle_sigtrap=1",
    "allocator_may_return_null=1",
    "detect_leaks=1",
    // LLVM replaces a thread's signal stack, which the sanitizer would unmap.
    "use_sigaltstack=0",
  ];
  const others = Deno.env.get("ASAN_OPTIONS");
  if (others) options.push(others);
  return { ASAN_OPTIONS: options.join(":") };
}

async function runTests(
  args: readonly string[],
  reports: string | undefined,
): Promise<Runs> {
  if (namesPath(args)) {
    const runs = new Runs(Deno.cwd(), reports);
    await runs.add(["test", ...CHECKED, ...args]);
    return runs;
  }
  const runs = new Runs(ROOT, reports);
  // Once for all: most groups import all of the package.
  await runs.add(["check", "--quiet", "tests"]);
  const tests = ["test", "--no-check", ...CHECKED, ...args];
  // Examples load the library and leave it loaded, as programs do. Deno's
  // sanitizers would report that as a leak.
  const examples = ["test", "-A", "--doc", ...args];
  await runs.addAll([
    ...groupTests(ROOT, reports !== undefined).map((
      group,
    ) => [...tests, ...group]),
    [...examples, ...documentedFiles(ROOT)],
  ]);
  if (reports !== undefined) {
    await runs.add(["test", "-A", "tests/sanitizers/self_check.ts"]);
  }
  return runs;
}

async function main(args: readonly string[]): Promise<number> {
  const sanitized = args[0] === "--asan";
  const reports = sanitized
    ? await Deno.makeTempDir({ prefix: "iree-deno-reports." })
    : undefined;
  try {
    const runs = await runTests(sanitized ? args.slice(1) : args, reports);
    if (reports !== undefined) runs.judge(reports);
    console.log(formatCounts(runs.counts));
    return runs.status;
  } finally {
    if (reports !== undefined) await Deno.remove(reports, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
