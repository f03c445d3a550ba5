import { FileChanges } from "../../files/file_changes.ts";
import { resolveModuleUri } from "../../tooling/mod.ts";
import type { CommandStatus } from "../common/command.ts";
import { isFailure, printFailure } from "../common/failure.ts";
import { UsageError } from "../common/usage_error.ts";
import type { RunFlags } from "./all_flags.ts";

/** An input from a file, with or without its type. */
const FILE_INPUT = /^(?:[^=]*=)?[@+*](.*)$/s;

/**
 * Runs a program now and after each change of its files, until the process
 * ends.
 *
 * @param flags The flags, which name the files.
 * @param run Runs the program.
 */
export async function runOnChanges(
  flags: RunFlags,
  run: () => Promise<CommandStatus>,
): Promise<never> {
  if (flags.module.includes("-")) {
    throw new UsageError("--watch requires files, got a module from stdin");
  }
  const changes = new FileChanges({ paths: filesOf(flags) });
  do {
    try {
      await run();
    } catch (error) {
      // The next version of a file may be right.
      if (!isFailure(error)) throw error;
      printFailure(error, false);
    }
    console.error("watching for changes; press Ctrl+C to end");
  } while (await changes.next());
  throw new Error("the watch has no end");
}

function filesOf({ module, parameters, input }: RunFlags): string[] {
  return [
    ...module.map((text) => resolveModuleUri(text).path),
    ...parameters.map((text) => text.replace(/^[^=/]*=/, "")),
    ...input.flatMap((text) => FILE_INPUT.exec(text)?.[1] ?? []),
  ];
}
