import { actionCommand } from "../common/actions.ts";
import type { Command } from "../common/command.ts";
import { BENCHMARK } from "./benchmark.ts";
import { DUMP } from "./dump.ts";
import { RUN } from "./run.ts";

/** `iree replay`. */
export const REPLAY: Command = actionCommand({
  name: "replay",
  summary: "replays recordings of what programs asked of devices",
  actions: { run: RUN, benchmark: BENCHMARK, dump: DUMP },
  intro: `Replays what programs asked of devices, without the programs.

Usage: iree replay ACTION RECORDING [FLAGS]

\`iree run\` and \`iree benchmark\` record with --device_replay_output=FILE, as do
IREE's tools.
`,
});
