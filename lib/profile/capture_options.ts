import type { CaptureOptions as NativeOptions } from "../../ffi/profile.ts";
import {
  copyArray,
  toBoolean,
  toInteger,
  toName,
  toText,
} from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

/** What devices record. */
export type ProfileFamily =
  | "queue-events"
  | "host-execution"
  | "device-queue-events"
  | "dispatch-events"
  | "counters"
  | "executable-metadata"
  | "executable-traces"
  | "memory-events"
  | "device-metrics"
  | "command-region-events"
  | "counter-ranges";

/** In the order of the bits in IREE's `profile_options.h`. */
const FAMILIES: readonly ProfileFamily[] = [
  "queue-events",
  "host-execution",
  "device-queue-events",
  "dispatch-events",
  "counters",
  "executable-metadata",
  "executable-traces",
  "memory-events",
  "device-metrics",
  "command-region-events",
  "counter-ranges",
];

/** What devices record if nothing else is asked for: the first that they can. */
export const DEFAULT_FAMILIES: readonly (readonly ProfileFamily[])[] = [
  // CPUs
  [
    ...["queue-events", "host-execution", "executable-metadata"] as const,
    "memory-events",
    "command-region-events",
  ],
  // GPUs
  [
    ...["queue-events", "device-queue-events", "dispatch-events"] as const,
    "executable-metadata",
    "memory-events",
  ],
  [],
];

/** What is captured. */
export interface CaptureOptions {
  /** What devices record; left out, what is useful on them. */
  families?: readonly ProfileFamily[] | undefined;
  /** Records dispatches only of functions with matching names. */
  functionPattern?: string | undefined;
  /** Records dispatches only of one command buffer, by its id. */
  commandBuffer?: number | undefined;
  /** Records only one command within command buffers. */
  command?: number | undefined;
  /** Records only one physical device. */
  physicalDevice?: number | undefined;
  /** Records only one queue. */
  queue?: number | undefined;
  /** Hardware counters to record, by name. */
  counters?: readonly string[] | undefined;
  /**
   * Milliseconds after which devices write what they have recorded.
   *
   * @default {0} at the end only
   */
  flushInterval?: number | undefined;
  /**
   * Also records each operation of the VM in calls that start during the
   * capture. That slows them; the time of recording is not part of operations
   * that call nothing.
   *
   * @default {false}
   */
  traceExecution?: boolean | undefined;
}

const OPTIONS: OptionNames<CaptureOptions> = {
  families: true,
  functionPattern: true,
  commandBuffer: true,
  command: true,
  physicalDevice: true,
  queue: true,
  counters: true,
  flushInterval: true,
  traceExecution: true,
};

const MAX_U32 = 2 ** 32 - 1;
const MAX_I32 = 2 ** 31 - 1;

/**
 * Reads options as the numbers that the native layer takes.
 *
 * @param options The options.
 * @returns The families, if they were given, and the other options.
 */
export function readCaptureOptions(
  options: CaptureOptions | undefined,
): [families: readonly ProfileFamily[] | undefined, NativeOptions] {
  const given = readOptions(options, OPTIONS);
  const families = given.families === undefined
    ? undefined
    : copyArray("families", given.families, (it) => {
      toName("families", it, FAMILIES);
    });
  const { functionPattern, flushInterval = 0, counters = [] } = given;
  const { traceExecution = false } = given;
  // The flags of IREE's filter, in the order of their bits.
  const filter = [
    functionPattern === undefined
      ? undefined
      : toText("functionPattern", functionPattern),
    bounded("commandBuffer", given.commandBuffer, 1, Number.MAX_SAFE_INTEGER),
    bounded("command", given.command, 0, MAX_U32),
    bounded("physicalDevice", given.physicalDevice, 0, MAX_U32),
    bounded("queue", given.queue, 0, MAX_U32),
  ] as const;
  return [families, {
    families: familyBits(families ?? []),
    filterFlags: filter.reduce<number>(
      (flags, it, bit) => it === undefined ? flags : flags | (1 << bit),
      0,
    ),
    functionPattern: filter[0] ?? "",
    commandBuffer: filter[1] ?? 0,
    command: filter[2] ?? 0,
    device: filter[3] ?? 0,
    queue: filter[4] ?? 0,
    flushInterval: toInteger("flushInterval", flushInterval, 0, MAX_I32),
    traceExecution: toBoolean("traceExecution", traceExecution),
    counters: copyArray(
      "counters",
      counters,
      (it) => void toText("a counter", it),
    ),
  }];
}

function bounded(
  what: string,
  value: number | undefined,
  min: number,
  max: number,
): number | undefined {
  return value === undefined ? undefined : toInteger(what, value, min, max);
}

/** The bits of families. */
export function familyBits(families: readonly ProfileFamily[]): number {
  return families.reduce((bits, it) => bits | (1 << FAMILIES.indexOf(it)), 0);
}
