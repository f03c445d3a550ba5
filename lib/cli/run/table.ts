import type { FlagValues } from "../common/flags.ts";
import {
  TASK_TOPOLOGY_FLAGS,
  TASK_WORKER_FLAGS,
} from "../common/task_flags.ts";
import {
  COMMON_FLAGS,
  DEVICE_FLAGS,
  MAIN_FLAGS,
  RESULT_FLAGS,
  WATCH_FLAGS,
} from "./flags.ts";
import { DRIVER_FLAGS, PROFILING_FLAGS } from "./native_flags.ts";
import { REFUSED_FLAGS } from "./refused_flags.ts";

/** Flags of `iree run` by what they are about, in the order of the help. */
export const FLAG_GROUPS = {
  "What to run": MAIN_FLAGS,
  "What becomes of the results": RESULT_FLAGS,
  "What is told besides": WATCH_FLAGS,
  "Devices": DEVICE_FLAGS,
  "Workers of local-task devices": {
    ...TASK_TOPOLOGY_FLAGS,
    ...TASK_WORKER_FLAGS,
  },
  "Profiling": PROFILING_FLAGS,
  "Drivers": DRIVER_FLAGS,
  "Others": COMMON_FLAGS,
} as const;

/** All flags of `iree run`. */
export const RUN_FLAGS = {
  ...MAIN_FLAGS,
  ...RESULT_FLAGS,
  ...WATCH_FLAGS,
  ...DEVICE_FLAGS,
  ...TASK_TOPOLOGY_FLAGS,
  ...TASK_WORKER_FLAGS,
  ...PROFILING_FLAGS,
  ...DRIVER_FLAGS,
  ...REFUSED_FLAGS,
  ...COMMON_FLAGS,
} as const;

/** Their values. */
export type RunFlags = FlagValues<typeof RUN_FLAGS>;
