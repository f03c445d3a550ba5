import { UsageError } from "./usage_error.ts";

// IREE's own syntax, which @std/cli's parseArgs cannot tell apart: a value only
// after `=`, which may be empty, and a flag file wherever it is named.

/** A flag of a command. */
export interface Flag {
  /**
   * `list` may be repeated and collects; of the others the last one counts.
   * `choice` takes one of `choices`, `boolean` nothing, `true` or `false`, and
   * `flagfile` a file whose flags count as if they stood in its place.
   */
  readonly kind: "list" | "text" | "boolean" | "choice" | "flagfile";
  /** What stands for the value in the help. */
  readonly value?: string;
  /** All values of a choice; the first is the default. */
  readonly choices?: readonly string[];
  /** Lines of the help. */
  readonly help: readonly string[];
}

/** Flags of a command by name, in the order of the help. */
export type FlagTable = Readonly<Record<string, Flag>>;

interface FlagTypes {
  flagfile: undefined;
  list: string[];
  text: string | undefined;
  boolean: boolean;
  choice: string;
}

/** Values of flags by name. */
export type FlagValues<Table extends FlagTable> = {
  -readonly [Name in keyof Table]: FlagTypes[Table[Name]["kind"]];
};

/** What `--flagfile` is in the help of every command that takes it. */
export const FLAGFILE_HELP: Flag = {
  kind: "flagfile",
  value: "FILE",
  help: [
    "Reads flags from a file, one a line; `#` and `//` begin comments.",
    "They count as if they stood where the flag does.",
  ],
};

/** Flag files may name others, but hardly this many deep. */
const MAX_FLAGFILE_DEPTH = 16;

/**
 * Parses the arguments of a command.
 *
 * @param table The flags it knows; `-` and `_` in names are the same.
 * @param args The arguments.
 * @returns A value for each flag of the table.
 */
export function parseFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): FlagValues<Table> {
  const values: Record<string, FlagTypes[Flag["kind"]]> = {};
  for (const [name, flag] of Object.entries(table)) {
    values[name] = defaultValue(flag);
  }
  for (const arg of args) parseArgument(table, values, arg, 0);
  return values as FlagValues<Table>;
}

function defaultValue(flag: Flag): FlagTypes[Flag["kind"]] {
  switch (flag.kind) {
    case "list":
      return [];
    case "boolean":
      return false;
    case "choice":
      return flag.choices?.[0];
    case "text":
    case "flagfile":
      return undefined;
  }
}

function parseArgument(
  table: FlagTable,
  values: Record<string, FlagTypes[Flag["kind"]]>,
  arg: string,
  depth: number,
): void {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg === "-h" ? "--help" : arg);
  if (match === null) {
    throw new UsageError(
      `unexpected argument '${printable(arg)}'; flags are --name=value`,
    );
  }
  const name = match[1].replaceAll("-", "_");
  const value = match[2];
  const flag = Object.hasOwn(table, name) ? table[name] : undefined;
  if (flag === undefined) {
    throw new UsageError(`flag '${printable(match[1])}' not recognized`);
  }
  if (flag.kind === "flagfile") {
    parseFlagfile(table, values, needValue(name, flag, value), depth);
  } else if (flag.kind === "list") {
    (values[name] as string[]).push(needValue(name, flag, value));
  } else if (flag.kind === "boolean") {
    values[name] = parseBoolean(name, value);
  } else if (flag.kind === "choice") {
    values[name] = parseChoice(name, flag, needValue(name, flag, value));
  } else {
    values[name] = needValue(name, flag, value);
  }
}

/** What of an argument can be shown: a flag file may be no text at all. */
function printable(text: string): string {
  const clipped = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return clipped.replace(/\p{Cc}/gu, "\ufffd");
}

function needValue(name: string, flag: Flag, value?: string): string {
  if (value !== undefined) return value;
  throw new UsageError(`flag '${name}' needs a value: --${name}=${flag.value}`);
}

function parseBoolean(name: string, value = "true"): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new UsageError(`flag '${name}' is true or false, not '${value}'`);
}

function parseChoice(name: string, flag: Flag, value: string): string {
  if (flag.choices?.includes(value)) return value;
  throw new UsageError(
    `unrecognized --${name}= value '${value}'; it can be ` +
      flag.choices?.join(" or "),
  );
}

function parseFlagfile(
  table: FlagTable,
  values: Record<string, FlagTypes[Flag["kind"]]>,
  path: string,
  depth: number,
): void {
  if (depth === MAX_FLAGFILE_DEPTH) {
    throw new UsageError(`flag file '${path}' is nested too deep`);
  }
  for (const [index, text] of readLines(path).entries()) {
    const line = text.trim();
    if (line === "" || line.startsWith("#") || line.startsWith("//")) continue;
    try {
      parseArgument(table, values, line, depth + 1);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${path}:${index + 1}: ${error.message}`);
    }
  }
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`flag file '${path}' cannot be read: ${reason}`);
  }
}

/**
 * Formats the help of flags.
 *
 * @param table The flags.
 */
export function formatFlags(table: FlagTable): string {
  return Object.entries(table).map(([name, flag]) => {
    const value = flag.choices?.join("|") ?? flag.value;
    const title = value === undefined ? `--${name}` : `--${name}=${value}`;
    return [title, ...flag.help.map((line) => `    ${line}`)]
      .map((line) => `  ${line}\n`).join("");
  }).join("");
}
