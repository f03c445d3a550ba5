/**
 * Reads the sanitizer reports of a run's processes. An error counts; a leak
 * counts if one of our frames is in its stack. Deno, the compilers and the
 * peers have leaks of their own. `./dev test --asan` counts them as one test.
 *
 * @module
 */

/** A report that counts. */
export interface Finding {
  /** Name of the program. */
  readonly program: string;
  /** The report's text: the finding and its stacks. */
  readonly text: string;
}

/** The first line of any sanitizer's report other than a leak. */
const ERROR = /ERROR: |Sanitizer: CHECK failed|fatal error|DEADLYSIGNAL/;

const LEAKS = "ERROR: LeakSanitizer: detected memory leaks";

/** A frame in our library, or in a module that the tests built. */
const OURS = /from \S*(?:\/libiree_runtime\.so|\/fixtures\/|\/iree_deno_)\S*$/m;

/** A frame in the compiler, which tests crash on purpose. */
const COMPILER = /from \S*\/libIREECompiler\.so$/m;

/**
 * Reads the reports of a run.
 *
 * @param folder Their folder, one file per process: `report.PROGRAM.PID`.
 * @param known Files to leave out, to which those read are added.
 * @returns The reports that count.
 */
export function findings(
  folder: string,
  known: Set<string> = new Set(),
): Finding[] {
  const found: Finding[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    if (known.has(name)) continue;
    known.add(name);
    const program = /^report\.(.*)\.\d+$/.exec(name)?.[1];
    if (program === undefined) continue;
    const text = Deno.readTextFileSync(`${folder}/${name}`);
    for (const it of reportsOf(program, text)) {
      found.push({ program, text: it });
    }
  }
  return found;
}

function* reportsOf(program: string, text: string): Generator<string> {
  const [errors, leaks] = text.split(LEAKS);
  // An error in another program counts if our code is part of it; one in Deno
  // may be caused by our code's writes to its memory, unless the compiler of a
  // child process crashes.
  const isOurs = program === "deno" && !COMPILER.test(errors);
  if (ERROR.test(errors) && (isOurs || OURS.test(errors))) {
    yield errors.trim();
  }
  for (const leak of (leaks ?? "").split("\n\n")) {
    if (OURS.test(leak)) yield leak.trim();
  }
}

/**
 * Formats each finding once with its count, then the number of findings.
 *
 * @param found The findings.
 */
export function formatFindings(found: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { program, text } of found) {
    const finding = `${program}: ${text}`;
    counts.set(finding, (counts.get(finding) ?? 0) + 1);
  }
  const lines = [...counts].map(([finding, count]) =>
    `\n${count === 1 ? "" : `${count} times `}${finding}\n`
  );
  return `${lines.join("")}sanitizers: ${found.length} reports that count`;
}
