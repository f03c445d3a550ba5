import type { Bytes } from "../../ffi/base/typed_array.ts";
import { decode } from "../../ffi/base/text.ts";
import { toBoolean, toName, toSize, toText } from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { printProfile } from "./print_report.ts";

/** A report about a profile bundle, as a command of `iree-profile` prints it. */
export type ProfileReportName =
  | "summary"
  | "statistics"
  | "explain"
  | "executable"
  | "dispatch"
  | "command"
  | "counter"
  | "memory"
  | "queue"
  | "export"
  | "cat";

/** All reports, in the order of `iree-profile`'s help. */
export const PROFILE_REPORTS: readonly ProfileReportName[] = [
  "summary",
  "statistics",
  "explain",
  "executable",
  "dispatch",
  "command",
  "counter",
  "memory",
  "queue",
  "export",
  "cat",
];

/** What a report has, and how it is formatted. */
export interface ProfileReportOptions {
  /**
   * Text for people, or a JSON object per line. `export` always has the latter.
   *
   * @default {"text"}
   */
  format?: "text" | "jsonl" | undefined;
  /** Only rows with a matching name; `*` and `?` match any characters. */
  filter?: string | undefined;
  /** Only the rows of one id, such as that of a submission. */
  id?: number | undefined;
  /**
   * Whether JSON has a row per dispatch, too.
   *
   * @default {false}
   */
  dispatchEvents?: boolean | undefined;
  /**
   * Whether JSON has a row per sample of a counter, too.
   *
   * @default {false}
   */
  counterSamples?: boolean | undefined;
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
}

const OPTIONS: OptionNames<ProfileReportOptions> = {
  format: true,
  filter: true,
  id: true,
  dispatchEvents: true,
  counterSamples: true,
  library: true,
};

/**
 * Prints a report about a profile bundle, as IREE's `iree-profile` does.
 *
 * @example
 * ```ts ignore
 * import { reportProfile } from "@iree/runtime/profile";
 *
 * console.log(reportProfile("model.ireeprof", "dispatch"));
 * ```
 *
 * @param source Path or `file:` URL of the bundle, `-` for standard input, or the
 * bytes.
 * @param report The report.
 * @param options What it has.
 * @returns The text. Throws NOT_FOUND if the file cannot be opened, DATA_LOSS or
 * INVALID_ARGUMENT if it is damaged, and INVALID_ARGUMENT if the report does not
 * have an option.
 */
export function reportProfile(
  source: string | URL | Bytes,
  report: ProfileReportName,
  options?: ProfileReportOptions,
): string {
  const command = toName("report", report, PROFILE_REPORTS);
  const { format = "text", filter, id, library, ...events } = readOptions(
    options,
    OPTIONS,
  );
  toName("format", format, ["text", "jsonl"]);
  if (filter !== undefined) toText("filter", filter);
  if (id !== undefined) toSize("id", id);
  const { dispatchEvents = false, counterSamples = false } = events;
  toBoolean("dispatchEvents", dispatchEvents);
  toBoolean("counterSamples", counterSamples);
  const { bytes, failure } = printProfile(source, {
    command,
    format: command === "export" ? "ireeperf-jsonl" : format,
    filter,
    id,
    dispatchEvents,
    counterSamples,
  }, library);
  if (failure !== undefined) throw failure;
  return decode(bytes);
}
