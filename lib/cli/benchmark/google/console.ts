import {
  general,
  humanReadable,
  scientific,
} from "../../common/c_number_text.ts";
import { inUnit, RATES, reportedName, type Run } from "./run.ts";
import type { Report, Reporter } from "./reporter.ts";

/** How text is printed to the console. */
export interface ConsoleOptions {
  /** Whether to color it. */
  readonly color: boolean;
  /** Whether counters have columns of their own. */
  readonly tabular: boolean;
}

/** ANSI colors. */
const COLORS = {
  red: "31",
  green: "32",
  yellow: "33",
  cyan: "36",
  plain: "",
} as const;

/** Prints what Google Benchmark prints to the console. */
export class ConsoleReporter implements Reporter {
  readonly #options: ConsoleOptions;
  #nameWidth = 10;
  #counters: readonly string[] | undefined;

  /**
   * @param options How text is printed.
   */
  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  begin({ names, hasAggregates }: Report): string {
    // Longest name of an aggregate.
    const suffix = hasAggregates ? "_median".length : 0;
    this.#nameWidth = suffix +
      Math.max(10, ...names.map((name) => name.length));
    return "";
  }

  report(runs: readonly Run[]): string {
    return runs.map((run) => this.#header(run) + this.#row(run)).join("");
  }

  end(): string {
    return "";
  }

  #header({ counters }: Run): string {
    const names = Object.keys(counters);
    const isNew = this.#counters === undefined ||
      this.#options.tabular && names.length > 0 &&
        names.join() !== this.#counters.join();
    if (!isNew) return "";
    this.#counters = names;
    const columns = this.#options.tabular
      ? names.map((name) => ` ${name.padStart(10)}`).join("")
      : names.length > 0
      ? " UserCounters..."
      : "";
    const text = "Benchmark".padEnd(this.#nameWidth) + " " +
      "Time".padStart(13) + " " + "CPU".padStart(15) + " " +
      "Iterations".padStart(12) + columns;
    const line = "-".repeat(text.length);
    return `${line}\n${text}\n${line}\n`;
  }

  #row(run: Run): string {
    const name = `${reportedName(run).padEnd(this.#nameWidth)} `;
    if (run.error !== undefined) {
      return this.#paint("green", name) +
        this.#paint("red", `ERROR OCCURRED: '${run.error}'`) +
        this.#paint("plain", "\n");
    }
    const isPart = run.aggregate?.unit === "percentage";
    const label = (isPart ? "%" : run.unit).padEnd(4);
    const [real, cpu] = [run.real, run.cpu].map((time) =>
      isPart
        ? (100 * time).toFixed(2).padStart(10)
        : formatTime(inUnit(time, run))
    );
    return this.#paint("green", name) +
      this.#paint("yellow", `${real} ${label} ${cpu} ${label} `) +
      this.#paint("cyan", String(run.iterations).padStart(10)) +
      Object.entries(run.counters)
        .map(([name, value]) => this.#counter(name, value, isPart)).join("") +
      this.#paint("plain", "\n");
  }

  #counter(name: string, value: number, isPart: boolean): string {
    const unit = isPart ? "%" : RATES.has(name) ? "/s" : "";
    const number = isPart ? (100 * value).toFixed(2) : humanReadable(value);
    if (!this.#options.tabular) {
      return this.#paint("plain", ` ${name}=${number}${unit}`);
    }
    const width = Math.max(10, name.length) - unit.length;
    return this.#paint("plain", ` ${number.padStart(width)}${unit}`);
  }

  #paint(color: keyof typeof COLORS, text: string): string {
    if (!this.#options.color) return text;
    const start = color === "plain" ? "" : `\x1b[0;${COLORS[color]}m`;
    return `${start}${text}\x1b[m`;
  }
}

/** Ten characters wide. */
function formatTime(time: number): string {
  if (time > 9999999999) return scientific(time, 4);
  const fraction = time < 1 ? 3 : time < 10 ? 2 : time < 100 ? 1 : 0;
  return Number.isFinite(time)
    ? time.toFixed(fraction).padStart(10)
    : general(time, 6).padStart(10);
}
