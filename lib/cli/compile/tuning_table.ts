import type { ProgramTuning, TuningTrial } from "../../inspect/mod.ts";

/**
 * Formats a tuning result: a line for each trial, the chosen one first, and the
 * skipped recipes.
 *
 * @param tuning The tuning result.
 */
export function formatTuning({ trials, skipped }: ProgramTuning): string {
  const rows = [
    ["recipe", "device", "ms", "±"],
    ...trials.map((trial) => [
      trial.recipe,
      formatDevice(trial),
      formatTime(trial.milliseconds),
      `${trial.spread.toFixed(0)} %`,
    ]),
  ];
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ")
  );
  const reasons = skipped.map(({ recipe, reason }) =>
    `skipped ${recipe}: ${reason}`
  );
  return [...lines, ...reasons].join("\n");
}

/**
 * Formats the device of a trial.
 *
 * @param trial The trial.
 */
export function formatDevice({ device, workers }: TuningTrial): string {
  if (workers === undefined) return device;
  return `${device}, ${workers} worker${workers === 1 ? "" : "s"}`;
}

/** Formats milliseconds with three digits. */
export function formatTime(milliseconds: number): string {
  return milliseconds < 100
    ? milliseconds.toPrecision(3)
    : milliseconds.toFixed(0);
}
