import { CAPTURE_FLAGS } from "../common/profile_flag.ts";
import type { FlagTable } from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import { COMMON_FLAGS, DEVICE_FLAGS, RECORDING_FLAGS } from "./flags.ts";
import { DRIVER_FLAGS, PROFILING_FLAGS } from "./native_flags.ts";
import { REFUSED_FLAGS } from "./refused_flags.ts";

/**
 * Flags that `iree run` and `iree benchmark` share, which come last in their
 * help, by topic.
 */
export const SHARED_GROUPS: Readonly<Record<string, FlagTable>> = {
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
type SharedFlags =
  & typeof DEVICE_FLAGS
  & typeof TASK_TOPOLOGY_FLAGS
  & typeof TASK_WORKER_FLAGS
  & typeof CAPTURE_FLAGS
  & typeof PROFILING_FLAGS
  & typeof RECORDING_FLAGS
  & typeof DRIVER_FLAGS
  & typeof COMMON_FLAGS;

/** The shared flags in one table. */
export const SHARED_FLAGS: SharedFlags = {
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
