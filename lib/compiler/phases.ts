/** Phases of IREE's compiler, in order. */
export const PHASES = [
  "input",
  "abi",
  "preprocessing",
  "global-optimization",
  "dispatch-creation",
  "flow",
  "stream",
  "executable-sources",
  "executable-configurations",
  "executable-targets",
  "hal",
  "vm",
  "end",
] as const;

/** A phase of IREE's compiler. */
export type CompilePhase = typeof PHASES[number];
