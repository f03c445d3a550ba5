/**
 * Reads what the sanitizers of a run's processes reported: an error counts, a
 * leak counts when a frame of ours is in its stack. Deno, the compilers and the
 * peers have leaks of their own. `./dev test --asan` counts them as one test.
 *
 * @module
 */

/** A report that counts. */
export interface Finding {
  /** Name of the program. */
  readonly program: string;
  /** The report's text: what was found and the stacks. */
  readonly text: string;
}

/** How a report begins that is no leak's, of whichever sanitizer. */
const ERROR = /ERROR: |Sanitizer: CHECK failed|fatal error|DEADLYSIGNAL/;

const LEAKS = "ERROR: LeakSanitizer: detected memory leaks";

/** A frame in our library, or in a module that the tests built. */
const OURS = /from \S*(?:\/libiree_runtime\.so|\/fixtures\/|\/iree_deno_)\S*$/m;

/**
 * Reads the reports of a run.
 *
 * @param folder Where they are, one file a process: `report.PROGRAM.PID`.
 * @returns Those that count.
 */
export function findings(folder: string): Finding[] {
  const found: Finding[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
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
  // An error of another program is our concern when our code is part of it;
  // one in Deno may be what our code did to its memory.
  if (ERROR.test(errors) && (program === "deno" || OURS.test(errors))) {
    yield errors.trim();
  }
  for (const leak of (leaks ?? "").split("\n\n")) {
    if (OURS.test(leak)) yield leak.trim();
  }
}

/**
 * Formats findings: each once, with how often it was there, then their number.
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
