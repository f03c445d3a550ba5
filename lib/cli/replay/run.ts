import { Instance } from "../../../mod.ts";
import { Profiling } from "../../tooling/mod.ts";
import { Capturer } from "../common/profile_flag.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { isProfiling, setNativeFlags } from "../run/native_flags.ts";
import {
  createDevices,
  onlyRecording,
  openReplay,
  REPLAY_FLAGS,
} from "./flags.ts";

const HELP = `Replays a recording once.

Usage: iree replay run RECORDING [FLAGS]

Asks the devices for the same as the recorded program did. Prints nothing unless
it fails, as iree-run-replay.

Flags (- and _ in their names are the same):
${formatFlags(REPLAY_FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree replay run model.ireereplay --device=local-sync
  iree replay run model.ireereplay --replay_file_remap=/models=/mnt/models
`;

/** `iree replay run`. */
export const RUN: Command = {
  summary: "replays a recording once",
  flags: REPLAY_FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const operands: string[] = [];
  const flags = parseFlags(
    REPLAY_FLAGS,
    args,
    (argument) => operands.push(argument),
  );
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const recording = onlyRecording(operands);
  using instance = Instance.open();
  setNativeFlags(instance, flags);
  using replay = openReplay(instance, recording, flags);
  using stack = new DisposableStack();
  const devices = createDevices(instance, flags).map((it) => stack.use(it));
  const profiling = isProfiling(flags)
    ? stack.use(Profiling.begin(devices[0]!))
    : undefined;
  using capturer = await Capturer.begin(devices, flags.profile);
  replay.run(devices);
  profiling?.end();
  await capturer.end();
}
