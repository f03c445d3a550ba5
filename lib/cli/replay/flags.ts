import { Device, type Instance, IreeError } from "../../../mod.ts";
import { type ReplacedExecutable, Replay } from "../../replay/mod.ts";
import { COMMON_FLAGS, DEVICE_FLAGS, MAIN_FLAGS } from "../run/flags.ts";
import { DRIVER_FLAGS, PROFILING_FLAGS } from "../run/native_flags.ts";
import { CAPTURE_FLAGS } from "../common/profile_flag.ts";
import type { FlagValues } from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
  taskTopologyOf,
  taskWorkerOf,
} from "../common/task_flags.ts";
import { UsageError } from "../common/usage_error.ts";

const OWN_FLAGS = {
  replay_file_remap: {
    kind: "list",
    value: "RECORDED=PATH",
    help: [
      "Opens files below PATH where files below RECORDED were recorded; repeat",
      "for several.",
    ],
  },
  replay_executable_substitution: {
    kind: "list",
    value: "ID[@FORMAT]=FILE",
    help: [
      "Replaces the code of an executable, by its id in the dump, or of all",
      "executables; repeat for several.",
    ],
  },
} as const;

/** Flags of commands that replay. */
export const REPLAY_FLAGS:
  & Pick<typeof MAIN_FLAGS, "device">
  & Pick<typeof DEVICE_FLAGS, "device_allocator">
  & typeof OWN_FLAGS
  & typeof TASK_TOPOLOGY_FLAGS
  & typeof TASK_WORKER_FLAGS
  & typeof CAPTURE_FLAGS
  & typeof PROFILING_FLAGS
  & typeof DRIVER_FLAGS
  & typeof COMMON_FLAGS = {
    device: MAIN_FLAGS.device,
    ...OWN_FLAGS,
    device_allocator: DEVICE_FLAGS.device_allocator,
    ...TASK_TOPOLOGY_FLAGS,
    ...TASK_WORKER_FLAGS,
    ...CAPTURE_FLAGS,
    ...PROFILING_FLAGS,
    ...DRIVER_FLAGS,
    ...COMMON_FLAGS,
  };

/** Their values. */
export type ReplayFlags = FlagValues<typeof REPLAY_FLAGS>;

/**
 * Returns the only operand.
 *
 * @param operands The operands.
 */
export function onlyRecording(operands: readonly string[]): string {
  const [recording, ...others] = operands;
  if (recording === undefined) {
    throw new UsageError("no recording; give a file");
  }
  if (others.length > 0) {
    throw new UsageError(`unexpected argument '${others[0]}'; give one file`);
  }
  return recording;
}

/**
 * Opens a recording as flags say.
 *
 * @param instance The instance.
 * @param recording The file.
 * @param flags The flags.
 */
export function openReplay(
  instance: Instance,
  recording: string,
  flags: ReplayFlags,
): Replay {
  return Replay.open(instance, recording, {
    remap: Object.fromEntries(flags.replay_file_remap.map(parseRemap)),
    executables: parseSubstitutions(flags.replay_executable_substitution),
  });
}

/**
 * Creates the devices that flags name.
 *
 * @param instance The instance.
 * @param flags The flags.
 */
export function createDevices(
  instance: Instance,
  flags: ReplayFlags,
): Device[] {
  const uris = flags.device.length > 0 ? flags.device : ["local-task"];
  return Device.createGroup(instance, uris, {
    allocators: flags.device_allocator,
    topology: taskTopologyOf(flags),
    worker: taskWorkerOf(flags),
  });
}

function invalid(message: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", message);
}

function parseRemap(text: string): [prefix: string, path: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw invalid(
    "--replay_file_remap must be RECORDED=PATH, got " + `'${text}'`,
  );
}

function parseSubstitutions(texts: readonly string[]): ReplacedExecutable[] {
  const ids = new Set<string>();
  return texts.map((text) => {
    const [, id = "", format, source] =
      /^(all|0*[1-9]\d*)(?:@([^=]+))?=(.+)$/s.exec(text) ?? [];
    if (source === undefined) {
      throw invalid(
        "--replay_executable_substitution must be ID=FILE, ID@FORMAT=FILE, " +
          `all=FILE or all@FORMAT=FILE, got '${text}'`,
      );
    }
    if (ids.has(id) || (id === "all" && texts.length > 1)) {
      throw invalid(
        `--replay_executable_substitution replaces '${id}' more than once`,
      );
    }
    ids.add(id);
    const executable = id === "all" ? "all" : Number(id);
    return { executable, format, source };
  });
}
