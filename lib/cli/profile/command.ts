import { formatTrace, renderProfile } from "../../profile/mod.ts";
import { printProfile } from "../../profile/print_report.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import {
  FLAGFILE_HELP,
  type FlagValues,
  formatFlags,
  parseFlags,
} from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { printBytes, writeBytes } from "../common/write_file.ts";

/** The reports, and what each has. */
const REPORTS: Readonly<Record<string, string>> = {
  summary: "sessions, devices, queues and the time of dispatches",
  statistics: "the totals of everything that was recorded",
  explain: "where the time goes, with evidence and hints",
  executable: "executables, their functions and the functions' time",
  dispatch: "the time of each function",
  command: "commands of command buffers and their time",
  counter: "hardware counters",
  memory: "allocations, and how much memory was in use",
  queue: "operations and submissions of queues",
  export: "everything as JSON, for other tools",
  cat: "the records of the file; the default",
};

const FLAGS = {
  format: {
    kind: "text",
    value: "text|jsonl",
    help: [
      "Text, or a JSON object per line. export has only ireeperf-jsonl, which is",
      "its default here.",
    ],
  },
  filter: {
    kind: "text",
    value: "PATTERN",
    default: "*",
    help: [
      "Prints only rows with matching names; * and ? match any characters.",
    ],
  },
  id: {
    kind: "integer",
    value: "ID",
    min: -1,
    help: [
      "Prints only rows with this id, such as a submission's; -1 prints all.",
    ],
  },
  html: {
    kind: "text",
    value: "FILE",
    default: "",
    help: [
      "Writes an HTML page instead: a timeline with zoom, a flame graph, dispatches",
      "by total time, memory.",
    ],
  },
  module: {
    kind: "list",
    value: "PROGRAM",
    help: [
      "A program that ran, for --html and --trace: shows where in the source its",
      "dispatches come from.",
    ],
  },
  trace: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Writes a Trace Event file instead, which Perfetto opens."],
  },
  dispatch_events: {
    kind: "boolean",
    help: ["Adds a row per dispatch to JSON."],
  },
  counter_samples: {
    kind: "boolean",
    help: ["Adds a row per sample of a counter to JSON."],
  },
  output: {
    kind: "text",
    value: "FILE",
    default: "-",
    help: ["File to write the report export to."],
  },
  rocm_library_path: {
    kind: "text",
    value: "PATH",
    default: "",
    help: ["For a report about AMD GPUs, which this build lacks."],
  },
  agents_md: {
    kind: "boolean",
    help: ["Prints IREE's guide to the reports for AI agents."],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Prints reports about a profile bundle.

Usage: iree profile [REPORT] BUNDLE [FLAGS]
       iree profile BUNDLE --html=FILE --trace=FILE --module=PROGRAM

Prints the same as iree-profile. \`iree run\`, \`iree benchmark\`, \`iree serve\` and
\`iree replay\` write bundles with --profile=FILE. --device_profiling_mode= and
--device_profiling_output= do so too, as in IREE's tools, with less of the host.

Reports:
${
  Object.entries(REPORTS)
    .map(([name, help]) => `  ${name.padEnd(12)}${help}\n`).join("")
}
Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree profile explain model.ireeprof
  iree profile model.ireeprof --html=profile.html
  iree profile dispatch model.ireeprof --format=jsonl --dispatch_events
`;

/** `iree profile`. */
export const PROFILE: Command = {
  summary: "prints reports about a profile bundle",
  flags: FLAGS,
  words: Object.keys(REPORTS),
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => operands.push(argument));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  if (flags.agents_md) {
    printBytes(
      printProfile(new Uint8Array(), { command: "", format: "" }).bytes,
    );
    return;
  }
  const [first, second, ...others] = operands;
  const bundle = second ?? first;
  if (bundle === undefined || bundle === "") {
    throw new UsageError("no profile bundle; give a file");
  }
  if (others.length > 0) {
    throw new UsageError(
      `unexpected argument '${others[0]}'; give a report and one file`,
    );
  }
  if (flags.html === undefined && flags.trace === undefined) {
    if (flags.module.length > 0) {
      throw new UsageError("--module is for --html and --trace");
    }
    await report(second === undefined ? "cat" : first!, bundle, flags);
    return;
  }
  if (second !== undefined) {
    throw new UsageError("--html and --trace draw all reports; give one file");
  }
  const encoder = new TextEncoder();
  const options = { programs: flags.module };
  if (flags.html !== undefined) {
    await writeBytes(
      flags.html,
      encoder.encode(renderProfile(bundle, options)),
    );
  }
  if (flags.trace !== undefined) {
    await writeBytes(flags.trace, encoder.encode(formatTrace(bundle, options)));
  }
}

async function report(
  command: string,
  bundle: string,
  flags: FlagValues<typeof FLAGS>,
): Promise<void> {
  const isExport = command === "export";
  const { bytes, failure } = printProfile(bundle, {
    command,
    format: flags.format ?? (isExport ? "ireeperf-jsonl" : "text"),
    filter: flags.filter,
    output: flags.output,
    rocmLibraryPath: flags.rocm_library_path,
    id: flags.id,
    dispatchEvents: flags.dispatch_events,
    counterSamples: flags.counter_samples,
  });
  // What was read before the damage is printed, too.
  if (failure === undefined || flags.output === undefined) {
    await writeBytes(flags.output ?? "-", bytes);
  }
  if (failure !== undefined) throw failure;
}
