// Colours, for terminals without NO_COLOR.

/** A stream that may be a terminal. */
export interface Terminal {
  isTerminal(): boolean;
}

/** Text styles; the numbers are ANSI escape codes. */
const STYLES = { bold: "1", red: "31", green: "32", yellow: "33" } as const;

/**
 * Styles text if it is printed to a terminal.
 *
 * @param text The text.
 * @param styles The styles.
 * @param where The stream it is printed to.
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
 * Prints a help text with coloured headings and names.
 *
 * @param text The help.
 * @param where The stream of standard output.
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
 * Formats an error message for standard error.
 *
 * @param message The message.
 */
export function formatError(message: string): string {
  return `${styled("error:", ["bold", "red"], Deno.stderr)} ${message}`;
}

/**
 * Prints an error message to standard error.
 *
 * @param message The message.
 */
export function printError(message: string): void {
  console.error(formatError(message));
}

/**
 * Formats a number of bytes, such as `10.3 kB`.
 *
 * @param bytes The number.
 */
export function formatBytes(bytes: number): string {
  const [unit, size] = bytes < 1e6
    ? ["kB", 1e3]
    : bytes < 1e9
    ? ["MB", 1e6]
    : ["GB", 1e9];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}
