import process from "node:process";

/** Measures time. Tests replace it, so that none depends on the machine. */
export interface Clock {
  /** Returns the time in milliseconds, from an arbitrary start. */
  now(): number;
  /** Returns the CPU time of all threads of the process, in milliseconds. */
  cpu(): number;
}

const { cpuUsage } = process;

/** The system's clock. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = cpuUsage();
    return (user + system) / 1000;
  },
};
