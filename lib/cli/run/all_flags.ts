import type { FlagTable, FlagValues } from "../common/flags.ts";
import { MAIN_FLAGS, RESULT_FLAGS, WATCH_FLAGS } from "./flags.ts";
import { SHARED_FLAGS, SHARED_GROUPS } from "./shared_flags.ts";

/** Flags of `iree run` by topic, in the order of the help. */
export const FLAG_GROUPS: Readonly<Record<string, FlagTable>> = {
  "What to run": MAIN_FLAGS,
  "Output": RESULT_FLAGS,
  "Diagnostics": WATCH_FLAGS,
  ...SHARED_GROUPS,
};

type RunTable =
  & typeof MAIN_FLAGS
  & typeof RESULT_FLAGS
  & typeof WATCH_FLAGS
  & typeof SHARED_FLAGS;

/** All flags of `iree run`. */
export const RUN_FLAGS: RunTable = {
  ...MAIN_FLAGS,
  ...RESULT_FLAGS,
  ...WATCH_FLAGS,
  ...SHARED_FLAGS,
};

/** The values of the flags. */
export type RunFlags = FlagValues<RunTable>;
