import { general } from "../../common/c_number_text.ts";
import type { Reporter } from "./reporter.ts";
import { inUnit, reportedName, type Run } from "./run.ts";

const ELEMENTS = [
  "name",
  "iterations",
  "real_time",
  "cpu_time",
  "time_unit",
  "bytes_per_second",
  "items_per_second",
  "label",
  "error_occurred",
  "error_message",
];

/** Prints Google Benchmark's CSV. */
export class CsvReporter implements Reporter {
  #counters: readonly string[] | undefined;

  begin(): string {
    return "";
  }

  report(runs: readonly Run[]): string {
    const header = this.#counters === undefined ? this.#header(runs) : "";
    return header + runs.map((run) => this.#row(run)).join("");
  }

  end(): string {
    return "";
  }

  #header(runs: readonly Run[]): string {
    const counters = this.#counters = [
      ...new Set(runs.flatMap(({ counters }) => Object.keys(counters))),
    ].filter((name) => !ELEMENTS.includes(name)).sort();
    return [...ELEMENTS, ...counters.map((name) => `"${name}"`)].join(",") +
      "\n";
  }

  #row(run: Run): string {
    const { counters, error } = run;
    const name = quote(reportedName(run));
    if (error !== undefined) return `${name},,,,,,,,true,${quote(error)}\n`;
    const rate = counters["items_per_second"];
    const cells = [
      name,
      run.iterations,
      general(inUnit(run.real, run), 6),
      general(inUnit(run.cpu, run), 6),
      // A percentage has no unit.
      run.aggregate?.unit === "percentage" ? "" : run.unit,
      "",
      rate === undefined ? "" : general(rate, 6),
      "",
      "",
      "",
      ...(this.#counters ?? []).map((name) => {
        const value = counters[name];
        return value === undefined ? "" : general(value, 6);
      }),
    ];
    return `${cells.join(",")}\n`;
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
