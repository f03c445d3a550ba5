/** What was measured of a contestant. */
export interface Figures {
  /** Tokens of a prompt in a second. */
  readonly prefill: number;
  /** Tokens of an answer in a second. */
  readonly decode: number;
  /** Milliseconds to the first token. */
  readonly first: number;
  /** The most memory beyond that of an empty process, in megabytes. */
  readonly memory: number;
  /** What weights and caches need, if known, in megabytes. */
  readonly needed?: number | undefined;
  /** Tokens in a second of each number of requests. */
  readonly rates: readonly number[];
}

/** Writes the head of the table in Markdown. */
export function formatHead(counts: readonly number[]): string {
  const names = [
    ...["contestant", "threads", "prefill", "decode", "first token", "memory"],
    ...counts.map((count) => `${count} at once`),
  ];
  return [names, names.map(() => "---")].map(rowOf).join("\n");
}

/** Writes a row of the table in Markdown. */
export function formatRow(
  name: string,
  threads: string,
  { prefill, decode, first, memory, rates }: Figures,
): string {
  return rowOf([
    ...[name, threads],
    ...[`${prefill.toFixed(0)}/s`, `${decode.toFixed(1)}/s`],
    ...[`${first.toFixed(0)} ms`, `${memory.toFixed(0)} MB`],
    ...rates.map((rate) => `${rate.toFixed(0)}/s`),
  ]);
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
