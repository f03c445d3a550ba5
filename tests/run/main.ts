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
import { documentedFiles, namesPath } from "./selection.ts";
import { addCounts, type Counts, formatCounts, readCounts } from "./summary.ts";

const ROOT: string = new URL("../..", import.meta.url).pathname;

const CHECKED = ["-A", "--sanitize-resources", "--sanitize-ops"];

/** The runs of `deno test` so far. */
class Runs {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  #status = 0;

  constructor(
    private readonly folder: string,
    private readonly environment: Record<string, string>,
  ) {}

  get counts(): Counts {
    return this.#counts;
  }

  /** The status of the last failed run, or 0. */
  get status(): number {
    return this.#status;
  }

  /** Runs `deno test` and passes its output on. */
  async add(args: readonly string[]): Promise<void> {
    // One pipe for both streams keeps their order.
    const child = new Deno.Command("sh", {
      args: ["-c", 'exec "$0" deno test "$@" 2>&1', `${ROOT}dev`, ...args],
      cwd: this.folder,
      env: this.environment,
      stdout: "piped",
    }).spawn();
    const [output, { code }] = await Promise.all([
      passOn(child.stdout),
      child.status,
    ]);
    this.#count(readCounts(output, code), code);
  }

  /** Counts the sanitizers' reports in a folder as one test. */
  judge(reports: string): void {
    const found = findings(reports);
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

/** Copies a stream to stdout and returns its text. */
async function passOn(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let written = 0; written < chunk.length;) {
      written += await Deno.stdout.write(chunk.subarray(written));
    }
  }
  return text + decoder.decode();
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
  const environment = reports === undefined ? {} : reportingTo(reports);
  if (namesPath(args)) {
    const runs = new Runs(Deno.cwd(), environment);
    await runs.add([...CHECKED, ...args]);
    return runs;
  }
  const runs = new Runs(ROOT, environment);
  await runs.add([...CHECKED, ...args, "tests"]);
  // Examples load the library and leave it loaded, as programs do. Deno's
  // sanitizers would report that as a leak.
  const documented = documentedFiles(ROOT);
  await runs.add(["-A", "--doc", "--permit-no-files", ...args, ...documented]);
  if (reports !== undefined) {
    await runs.add(["-A", "tests/sanitizers/self_check.ts"]);
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
