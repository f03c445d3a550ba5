// Colours, for people at a terminal who did not set NO_COLOR.

/** Something that may be a terminal. */
export interface Terminal {
  isTerminal(): boolean;
}

/** How text can look; the numbers are those of ANSI's escapes. */
const STYLES = { bold: "1", red: "31", green: "32", yellow: "33" } as const;

/**
 * Gives text a look where it is seen.
 *
 * @param text The text.
 * @param styles How it should look.
 * @param where Where it is printed.
 */
export function styled(
  text: string,
  styles: readonly (keyof typeof STYLES)[],
  where: Terminal,
): string {
  if (Deno.noColor || !where.isTerminal()) return text;
  const codes = styles.map((style) => STYLES[style]).join(";");
  return `\x1b[${codes}m${text}\x1b[0m`;
}

/**
 * Prints a help text: headings, and the names that stand first in a line, in
 * colours.
 *
 * @param text The help.
 * @param where Where standard output goes.
 */
export function printHelp(text: string, where: Terminal = Deno.stdout): void {
  console.log(
    text.trimEnd()
      .replaceAll(
        /^[A-Z][^\n:]*:(?=$| )/gm,
        (heading) => styled(heading, ["bold", "yellow"], where),
      )
      .replaceAll(
        /^ {2}(?:-[^\n ]+|[a-z]+(?= {2}))/gm,
        (name) => styled(name, ["green"], where),
      ),
  );
}

/**
 * Text that tells what went wrong, for standard error.
 *
 * @param message What went wrong.
 */
export function formatError(message: string): string {
  return `${styled("error:", ["bold", "red"], Deno.stderr)} ${message}`;
}

/**
 * Prints what went wrong.
 *
 * @param message What went wrong.
 */
export function printError(message: string): void {
  console.error(formatError(message));
}
