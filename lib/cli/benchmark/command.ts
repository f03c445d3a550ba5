import { Instance } from "../../../mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { isListing } from "../run/flags.ts";
import { printListings } from "../run/listing.ts";
import { setNativeFlags } from "../run/native_flags.ts";
import { startWatchdog } from "../run/timeout.ts";
import { compareSubjectsOf } from "./compare.ts";
import { runLikeGoogle } from "./like_google.ts";
import { isComparison, parseSettings } from "./settings.ts";
import { BENCHMARK_FLAGS, FLAG_GROUPS } from "./flags.ts";

const HELP = `Measures how long functions of compiled programs take.

Usage: iree benchmark --module=FILE… [--function=NAME] [--input=VALUE…]
       iree benchmark PROGRAM… [--device=URI…] [--function=NAME] [--input=VALUE…]

Without --function, measures all functions that need no inputs. The flags and the
output are those of iree-benchmark-module, on which Google Benchmark's compare.py
works.

Each PROGRAM is a program of its own. Several programs, devices or variants are
measured in turns and compared: medians with 95% confidence intervals and
percentiles. So is a single one with --json, --histogram or --svg. Each is warmed
up until it no longer gets faster.

${
  Object.entries(FLAG_GROUPS).map(([title, flags]) =>
    `${title}:\n${formatFlags(flags)}\n`
  ).join("")
}
Exit status: 0 on success, 1 if a call fails or a result differs from the expected
one, 2 for wrong usage.

Examples:
  iree benchmark --module=model.vmfb --function=main --input=1x4xf32=1
  iree benchmark model.vmfb --benchmark_format=json
  iree benchmark old.vmfb new.vmfb --device=local-sync --device=local-task
  iree benchmark model.vmfb --variant=--task_topology_group_count=1 \\
      --variant=--task_topology_group_count=4 --svg=workers.svg
`;

/** `iree benchmark`. */
export const BENCHMARK: Command = {
  summary: "measures and compares functions of compiled programs",
  // Completions omit refused flags.
  flags: Object.assign({}, ...Object.values(FLAG_GROUPS)),
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const programs: string[] = [];
  const flags = parseFlags(
    BENCHMARK_FLAGS,
    args,
    (argument) => programs.push(argument),
  );
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  if (programs.length > 0 && flags.module.length > 0) {
    throw new UsageError(
      `unexpected argument '${programs[0]}'; give programs as arguments, or ` +
        "the modules of one with --module=",
    );
  }
  const settings = parseSettings(flags);
  using instance = Instance.open();
  setNativeFlags(instance, flags);
  using _watchdog = await startWatchdog(instance, flags.timeout);
  if (isListing(flags)) {
    printListings(instance, flags);
  } else if (isComparison(flags, programs)) {
    for (const name of ["device_replay_output", "profile"] as const) {
      if (flags[name] === undefined) continue;
      throw new UsageError(`--${name} is for one program, not a comparison`);
    }
    return await compareSubjectsOf(flags, programs, settings);
  } else {
    return await runLikeGoogle(flags, programs, settings);
  }
}
