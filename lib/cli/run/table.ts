import { CAPTURE_FLAGS } from "../common/capture.ts";
import type { FlagTable, FlagValues } from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import {
  COMMON_FLAGS,
  DEVICE_FLAGS,
  MAIN_FLAGS,
  RECORDING_FLAGS,
  RESULT_FLAGS,
  WATCH_FLAGS,
} from "./flags.ts";
import { DRIVER_FLAGS, PROFILING_FLAGS } from "./native_flags.ts";
import { REFUSED_FLAGS } from "./refused_flags.ts";

/** Flags of `iree run` by topic, in the order of the help. */
export const FLAG_GROUPS: Readonly<Record<string, FlagTable>> = {
  "What to run": MAIN_FLAGS,
  "Output": RESULT_FLAGS,
  "Diagnostics": WATCH_FLAGS,
  "Devices": DEVICE_FLAGS,
  "Workers of local-task devices": {
    ...TASK_TOPOLOGY_FLAGS,
    ...TASK_WORKER_FLAGS,
  },
  "Profiling": { ...CAPTURE_FLAGS, ...PROFILING_FLAGS },
  "Recording": RECORDING_FLAGS,
  "Drivers": DRIVER_FLAGS,
  "Others": COMMON_FLAGS,
};

// Refused flags are parsed like the others but have no values.
type RunTable =
  & typeof MAIN_FLAGS
  & typeof RESULT_FLAGS
  & typeof WATCH_FLAGS
  & typeof DEVICE_FLAGS
  & typeof TASK_TOPOLOGY_FLAGS
  & typeof TASK_WORKER_FLAGS
  & typeof CAPTURE_FLAGS
  & typeof PROFILING_FLAGS
  & typeof RECORDING_FLAGS
  & typeof DRIVER_FLAGS
  & typeof COMMON_FLAGS;

/** All flags of `iree run`. */
export const RUN_FLAGS: RunTable = {
  ...MAIN_FLAGS,
  ...RESULT_FLAGS,
  ...WATCH_FLAGS,
  ...DEVICE_FLAGS,
  ...TASK_TOPOLOGY_FLAGS,
  ...TASK_WORKER_FLAGS,
  ...CAPTURE_FLAGS,
  ...PROFILING_FLAGS,
  ...RECORDING_FLAGS,
  ...DRIVER_FLAGS,
  ...REFUSED_FLAGS,
  ...COMMON_FLAGS,
};

/** The values of the flags. */
export type RunFlags = FlagValues<RunTable>;
