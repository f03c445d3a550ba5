import { UsageError } from "../common/usage_error.ts";
import type { TimeUnit } from "./google/run.ts";
import type { FlagValues } from "../common/flags.ts";
import type { BenchmarkFlags, GOOGLE_FLAGS } from "./flags.ts";

/** Flags that need more than the parser knows. */
export interface Settings {
  /** Least time of a repetition, or its number of iterations. */
  readonly effort: { readonly seconds: number } | {
    readonly iterations: number;
  };
  /** Whether a benchmark is run. */
  readonly matches: (name: string) => boolean;
  /** The unit of times; `undefined` for one that suits the benchmark. */
  readonly unit: TimeUnit | undefined;
  /** What `--benchmark_context` adds. */
  readonly context: Readonly<Record<string, string>>;
}

/** Least time of a repetition. */
const DEFAULT_SECONDS = 0.5;

/**
 * Parses flags further.
 *
 * @param flags The flags.
 */
export function parseSettings(
  flags: FlagValues<typeof GOOGLE_FLAGS> & { readonly time_unit?: string },
): Settings {
  const { time_unit = "auto" } = flags;
  const unit = time_unit !== "auto" ? time_unit : flags.benchmark_time_unit;
  return {
    effort: parseEffort(flags.benchmark_min_time),
    matches: parseFilter(flags.benchmark_filter),
    unit: unit === "auto" ? undefined : unit as TimeUnit,
    context: Object.fromEntries(flags.benchmark_context.flatMap(parseContext)),
  };
}

/**
 * Whether several programs, devices or variants are compared, or one is
 * measured in the same way.
 *
 * @param flags The flags.
 * @param programs The programs among the arguments.
 */
export function isComparison(
  flags: BenchmarkFlags,
  programs: readonly string[],
): boolean {
  return flags.json || flags.histogram || flags.svg !== undefined ||
    flags.variant.length > 0 || programs.length > 1 ||
    (programs.length === 1 && flags.device.length > 1);
}

function parseEffort(text: string | undefined): Settings["effort"] {
  if (text === undefined) return { seconds: DEFAULT_SECONDS };
  const [, count] = /^(\d+)x$/.exec(text) ?? [];
  const iterations = Number(count);
  if (iterations >= 1 && iterations <= 1e9) return { iterations };
  const [, number] = /^(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)s?$/i.exec(text) ?? [];
  const seconds = Number(number);
  if (seconds >= 0 && seconds < 1e6) return { seconds };
  throw new UsageError(
    "flag 'benchmark_min_time' must be a time such as 0.5s, or a number of " +
      `iterations such as 10x, got '${text}'`,
  );
}

function parseFilter(text = ""): Settings["matches"] {
  const isNegative = text.startsWith("-");
  const pattern = isNegative ? text.slice(1) : text;
  if (pattern === "" || pattern === "all") return () => !isNegative;
  try {
    const regex = new RegExp(pattern);
    return (name) => regex.test(name) !== isNegative;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `flag 'benchmark_filter' must be a regular expression: ${error.message}`,
    );
  }
}

function parseContext(text: string): [key: string, value: string][] {
  return text.split(",").map((pair) => {
    const [key = "", value, ...others] = pair.split("=");
    if (key !== "" && value !== undefined && others.length === 0) {
      return [key, value];
    }
    throw new UsageError(
      `flag 'benchmark_context' must be KEY=VALUE, got '${pair}'`,
    );
  });
}
