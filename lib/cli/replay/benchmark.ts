import { Instance, IreeError } from "../../../mod.ts";
import type { Replay } from "../../replay/mod.ts";
import { measureAll } from "../benchmark/google_report.ts";
import type { Benchmark } from "../benchmark/google/runner.ts";
import { parseSettings, type Settings } from "../benchmark/settings.ts";
import { GOOGLE_FLAGS } from "../benchmark/flags.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printError, printHelp } from "../common/terminal.ts";
import { setNativeFlags } from "../run/native_flags.ts";
import {
  createDevices,
  onlyRecording,
  openReplay,
  REPLAY_FLAGS,
} from "./flags.ts";

const FLAGS = {
  replay_scope: {
    kind: "text",
    value: "NAME",
    default: "",
    help: [
      "Counts only the time of parts with this name, such as execute. The whole",
      "recording is replayed.",
    ],
  },
  ...REPLAY_FLAGS,
  ...GOOGLE_FLAGS,
} as const;

const HELP = `Measures how long the replay of a recording takes.

Usage: iree replay benchmark RECORDING [FLAGS]

The flags and the output are those of iree-benchmark-replay.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree replay benchmark model.ireereplay --replay_scope=execute
  iree replay benchmark model.ireereplay --benchmark_format=json
`;

/** `iree replay benchmark`. */
export const BENCHMARK: Command = {
  summary: "measures the replay of a recording",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => operands.push(argument));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const recording = onlyRecording(operands);
  const settings = parseSettings(flags);
  using instance = Instance.open();
  setNativeFlags(instance, flags);
  using replay = openReplay(instance, recording, flags);
  using stack = new DisposableStack();
  const devices = createDevices(instance, flags).map((it) => stack.use(it));
  const benchmark = toBenchmark(
    flags.replay_scope,
    settings,
    (scope) => replay.run(devices, { scope }),
  );
  if (!settings.matches(benchmark.name)) {
    console.error(
      "Failed to match any benchmarks against regex: " +
        (flags.benchmark_filter ?? "."),
    );
    return;
  }
  if (flags.benchmark_list_tests) {
    console.log(benchmark.name);
    return;
  }
  const failure = await measureAll([benchmark], flags, settings, devices);
  if (failure === undefined) return;
  printError(failure instanceof IreeError ? failure.message : String(failure));
  return 1;
}

function toBenchmark(
  scope: string | undefined,
  { unit }: Settings,
  replay: (scope: string | undefined) => ReturnType<Replay["run"]>,
): Benchmark {
  const name = scope === undefined
    ? "BM_replay/process_time/real_time"
    : `BM_replay/scope:${scope}/process_time/manual_time`;
  return {
    name,
    batchSize: 1,
    unit: unit ?? "ms",
    run: (count) => {
      let milliseconds = 0;
      for (let i = 0; i < count; i++) milliseconds += replay(scope);
      return scope === undefined ? undefined : milliseconds / 1000;
    },
  };
}
