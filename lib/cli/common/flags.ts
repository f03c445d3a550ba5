import { ownValue } from "../../base/own_value.ts";
import { checkInputFile } from "./input_file.ts";
import { suggestion } from "../../base/suggestion.ts";
import { UsageError } from "./usage_error.ts";

// IREE's own syntax, which @std/cli's parseArgs does not support: a value only
// follows `=` and may be empty, and flag files can appear anywhere.

/** A flag of a command. */
export interface Flag {
  /**
   * `list` may be repeated and collects its values; of others the last one
   * counts. `choice` accepts one of `choices`; `boolean` accepts nothing, `true`
   * or `false`; `integer` and `number` accept values within `min` and `max`;
   * `optional` accepts a value or nothing, which is the empty text. `flagfile`
   * reads flags from a file in its place. `refused` is a flag of
   * `iree-run-module` without effect here: it accepts only its `default`.
   */
  readonly kind:
    | "list"
    | "text"
    | "boolean"
    | "choice"
    | "integer"
    | "number"
    | "optional"
    | "flagfile"
    | "refused";
  /** The value's placeholder in the help. */
  readonly value?: string;
  /** All values of a choice, starting with the default. */
  readonly choices?: readonly string[];
  /** The smallest number accepted. */
  readonly min?: number;
  /** The largest number accepted. */
  readonly max?: number;
  /**
   * The value of a boolean when absent, the text that means the same as an
   * absent flag, or the only value that a refused flag accepts.
   */
  readonly default?: string;
  /** Lines of help; for a refused flag, the reason. */
  readonly help: readonly string[];
}

/** A flag of one kind. */
export type FlagOf<Kind extends Flag["kind"]> = Flag & { readonly kind: Kind };

/** A command's flags by name, in the order of the help. */
export type FlagTable = Readonly<Record<string, Flag>>;

interface FlagTypes {
  flagfile: undefined;
  refused: undefined;
  list: string[];
  text: string | undefined;
  optional: string | undefined;
  boolean: boolean;
  choice: string;
  integer: number | undefined;
  number: number | undefined;
}

type FlagValue = FlagTypes[Flag["kind"]];

/** Values of flags by name. */
export type FlagValues<Table extends FlagTable> = {
  -readonly [Name in keyof Table]: FlagTypes[Table[Name]["kind"]];
};

/** The `--flagfile` flag of every command that supports it. */
export const FLAGFILE_HELP: FlagOf<"flagfile"> = {
  kind: "flagfile",
  value: "FILE",
  help: [
    "Reads flags from a file, one per line; `#` and `//` start comments.",
    "They apply in place of this flag.",
  ],
};

/** How deep flag files may nest. */
const MAX_FLAGFILE_DEPTH = 16;

/**
 * Parses a command's arguments.
 *
 * @param table The command's flags; `-` and `_` in names are the same.
 * @param args The arguments.
 * @param operand Receives each argument that is not a flag; when omitted, such
 * arguments throw.
 * @returns A value for each flag of the table.
 */
export function parseFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  operand?: (argument: string, values: FlagValues<Table>) => void,
): FlagValues<Table> {
  const values: Record<string, FlagValue> = {};
  for (const [name, flag] of Object.entries(table)) {
    values[name] = defaultValue(flag);
  }
  const parsed = values as FlagValues<Table>;
  for (const arg of args) {
    if (operand !== undefined && isOperand(arg)) {
      operand(arg, parsed);
    } else {
      parseArgument(table, values, arg, 0);
    }
  }
  return parsed;
}

/** Arguments that start with a dash but are not flags: `-` and numbers. */
function isOperand(arg: string): boolean {
  return !arg.startsWith("-") || /^-(?:$|[\d.]|inf|nan)/i.test(arg);
}

function defaultValue(flag: Flag): FlagValue {
  switch (flag.kind) {
    case "list":
      return [];
    case "boolean":
      return flag.default === "true";
    case "choice":
      return flag.choices?.[0];
    default:
      return undefined;
  }
}

function parseArgument(
  table: FlagTable,
  values: Record<string, FlagValue>,
  arg: string,
  depth: number,
): void {
  const [, written, value] =
    /^--([^=]+)(?:=(.*))?$/s.exec(arg === "-h" ? "--help" : arg) ?? [];
  if (written === undefined) throw unexpectedArgument(table, arg);
  const name = written.trimEnd().replaceAll("-", "_");
  const flag = ownValue(table, name);
  if (flag === undefined) {
    throw new UsageError(
      `flag '${printable(written)}' not recognized` +
        suggestion(name, Object.keys(table), "--"),
    );
  }
  if (flag.kind === "flagfile") {
    parseFlagfile(table, values, needValue(name, flag, value), depth);
  } else if (flag.kind === "list") {
    (values[name] as string[]).push(needValue(name, flag, value));
  } else {
    values[name] = parseValue(name, flag, value);
  }
}

/** Short flags that people try, and the flags they mean. */
const SHORT_FLAGS: ReadonlyMap<string, string> = new Map([["v", "verbose"]]);

function unexpectedArgument(table: FlagTable, argument: string): UsageError {
  const [, word = ""] = /^-([^-=]+)/.exec(argument) ?? [];
  const name = SHORT_FLAGS.get(word) ?? word.replaceAll("-", "_");
  // Every command takes --verbose.
  const isMeant = name === "verbose" || Object.hasOwn(table, name);
  return new UsageError(
    `unexpected argument '${printable(argument)}'; ` +
      (isMeant ? `did you mean --${name}?` : "flags are --name=value"),
  );
}

function parseValue(name: string, flag: Flag, value?: string): FlagValue {
  switch (flag.kind) {
    case "boolean":
      return parseBoolean(name, value);
    case "choice":
      return parseChoice(name, flag, needValue(name, flag, value));
    case "integer":
    case "number":
      return parseNumber(name, flag, needValue(name, flag, value));
    case "optional":
      return withoutQuotes(value ?? "");
    case "refused":
      return refuse(name, flag, value);
    default:
      return parseText(flag, needValue(name, flag, value));
  }
}

function parseText(flag: Flag, value: string): string | undefined {
  const text = withoutQuotes(value);
  return text === flag.default ? undefined : text;
}

// Values may be quoted: `iree-run-module --help` prints its flags that way, as a
// flag file.
function withoutQuotes(value: string): string {
  return /^"(.*)"$/s.exec(value)?.[1] ?? value;
}

/** Makes an argument printable: flag files can contain any bytes. */
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
  throw new UsageError(`flag '${name}' must be true or false, got '${value}'`);
}

function parseChoice(name: string, flag: Flag, value: string): string {
  const choice = withoutQuotes(value);
  if (flag.choices?.includes(choice)) return choice;
  throw new UsageError(
    `unrecognized --${name}= value '${value}'; must be ` +
      flag.choices?.join(" or "),
  );
}

function parseNumber(name: string, flag: Flag, value: string): number {
  const isInteger = flag.kind === "integer";
  const { min = isInteger ? Number.MIN_SAFE_INTEGER : -Infinity } = flag;
  const { max = isInteger ? Number.MAX_SAFE_INTEGER : Infinity } = flag;
  const pattern = isInteger
    ? /^[+-]?\d+$/
    : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
  const number = pattern.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  const what = isInteger ? "an integer" : "a number";
  const range = [
    Number.isFinite(flag.min) ? ` from ${flag.min}` : "",
    Number.isFinite(flag.max) ? ` to ${flag.max}` : "",
  ].join("");
  throw new UsageError(
    `flag '${name}' must be ${what}${range}, got '${value}'`,
  );
}

function refuse(name: string, flag: Flag, value = "true"): undefined {
  if (withoutQuotes(value) === flag.default) return undefined;
  throw new UsageError(`flag '${name}' is rejected: ${flag.help.join(" ")}`);
}

function parseFlagfile(
  table: FlagTable,
  values: Record<string, FlagValue>,
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
    checkInputFile(path);
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
    const optional = flag.kind === "optional" ? `[=${value}]` : `=${value}`;
    const title = value === undefined ? `--${name}` : `--${name}${optional}`;
    return [title, ...flag.help.map((line) => `    ${line}`)]
      .map((line) => `  ${line}\n`).join("");
  }).join("");
}
