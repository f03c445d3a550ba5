import {
  type Instance,
  type ParameterEntry,
  ParameterIndex,
  type ParameterProvider,
} from "../../../mod.ts";

// Byte for byte the text that iree-dump-parameters prints.

const WIDTH = 120;
const COLUMN = 16;
/** A line between parts. */
export const RULE: string = `//===${"-".repeat(WIDTH - 10)}===//`;
const COLUMNS = ["Start", "End", "Length"];

/** A horizontal rule, with a cross at each column border. */
function ruler(ends: string): string {
  const dashes = (count: number) => "-".repeat(count);
  const start = dashes(COLUMN - 1 - ends.length);
  const rest = dashes(WIDTH - 58 - ends.length);
  const column = dashes(COLUMN + 2);
  return `//${ends}${start}+${column}+${column}+${rest}${ends}//`;
}

/**
 * Formats a scope's parameters as text.
 *
 * @param provider The scope.
 */
export function formatScope({ scope, index }: ParameterProvider): string {
  const { entries } = index;
  const total = entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const name = scope === "" ? "<global>" : `\`${scope}\``;
  const [first = "", ...others] = COLUMNS.map((title) =>
    title.padStart(COLUMN)
  );
  return [
    RULE,
    `// Parameter scope ${name} (${entries.length} entries, ${total} total ` +
    "bytes)",
    ruler("==="),
    `//${first.slice(2)} |${others.map((it) => ` ${it} |`).join("")} Key`,
    ruler(""),
    ...entries.map(formatEntry),
    "",
  ].map((line) => `${line}\n`).join("");
}

function formatEntry(entry: ParameterEntry): string {
  const { byteLength, key } = entry;
  const [start, end] = entry.storage === "splat"
    ? ["-", "-"]
    : [entry.offset, entry.offset + byteLength];
  const numbers = [start, end, byteLength]
    .map((it) => `${`${it}`.padStart(COLUMN)} | `);
  const reason = entry.storage === "unreadable"
    ? ` (cannot be read: ${entry.reason})`
    : "";
  return `${numbers.join("")}\`${key}\`${reason}`;
}

/**
 * Describes a scope's parameters as data.
 *
 * @param provider The scope.
 * @returns A value for JSON; bytes are hexadecimal digits.
 */
export function describeScope({ scope, index }: ParameterProvider): unknown {
  const parameters = index.entries.map((entry) => {
    const { key, byteLength, storage, metadata } = entry;
    const place = entry.storage === "splat"
      ? { pattern: entry.pattern.toHex() }
      : { path: entry.path, offset: entry.offset };
    const problem = entry.storage === "unreadable"
      ? { reason: entry.reason }
      : {};
    return {
      key,
      byteLength,
      storage,
      ...place,
      ...problem,
      metadata: metadata.toHex(),
    };
  });
  return { scope, parameters };
}

/**
 * Lists the parameters of a new archive.
 *
 * @param instance The instance.
 * @param path The archive's path.
 */
export function printArchive(instance: Instance, path: string): void {
  using index = ParameterIndex.fromFile(instance, path);
  printText(formatScope({ scope: "", index }));
}

/**
 * Prints text exactly, without an added line break.
 *
 * @param text The text.
 */
export function printText(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
