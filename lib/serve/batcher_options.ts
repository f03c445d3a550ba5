import { copyArray, mustBe, toInteger } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { type ProgramPoolOptions, readMaxQueue } from "./pool.ts";

/** When requests are joined. */
export interface BatcherOptions {
  /**
   * The most rows of one call. By default the largest of `sizes`, or 32.
   */
  maxSize?: number | undefined;
  /**
   * Milliseconds that a request waits for others while an instance is idle. By
   * default 0: the requests that arrived during the previous call are joined.
   *
   * @default {0}
   */
  maxDelay?: number | undefined;
  /**
   * Numbers of rows that calls are padded to, by repeating the last row. By
   * default calls are not padded, except to the number of rows that the program
   * declares, if it declares one.
   */
  sizes?: readonly number[] | undefined;
  /**
   * How many requests may wait; those that run do not count.
   *
   * @default {64}
   */
  maxQueue?: number | undefined;
}

/** Which function of a program a batcher calls, and when requests are joined. */
export interface ProgramBatcherOptions
  extends BatcherOptions, ProgramPoolOptions {}

/** Counts of a batcher's requests and calls. */
export interface BatcherStatistics {
  /** Requests that wait now. */
  readonly waiting: number;
  /** Requests that run now. */
  readonly running: number;
  /** Requests that were answered. */
  readonly completed: number;
  /** Requests that failed. */
  readonly failed: number;
  /** Requests that were aborted. */
  readonly aborted: number;
  /** Requests that found the queue full. */
  readonly rejected: number;
  /** Calls by their number of rows, without padding. */
  readonly batches: ReadonlyMap<number, number>;
}

/** How one request was run. */
export interface BatchTiming {
  /** Milliseconds that the request waited. */
  readonly waited: number;
  /** Milliseconds of the call. */
  readonly ran: number;
  /** Rows of the call; 1 for calls that are not joined. */
  readonly rows: number;
  /** Rows of the request. */
  readonly ownRows: number;
  /** Requests of the call. */
  readonly requests: number;
}

/** Names of the options of how requests are joined. */
export const BATCHING_OPTIONS: OptionNames<Omit<BatcherOptions, "maxQueue">> = {
  maxSize: true,
  maxDelay: true,
  sizes: true,
};

const OPTIONS: OptionNames<BatcherOptions> = {
  ...BATCHING_OPTIONS,
  maxQueue: true,
};

/** Names of the options of `Batcher.of`. */
export const PROGRAM_OPTIONS: OptionNames<ProgramBatcherOptions> = {
  ...OPTIONS,
  function: true,
  instances: true,
};

/** The default of `maxSize` without `sizes`. */
const DEFAULT_MAX_SIZE = 32;

/** The largest accepted number of rows. */
const MOST_ROWS = 1_000_000;

/** The longest accepted delay, in milliseconds. */
const LONGEST_DELAY = 60_000;

/** Options that were checked. */
export interface BatchLimits {
  readonly maxSize: number;
  readonly maxDelay: number;
  readonly maxQueue: number;
  /** Ascending. */
  readonly sizes: readonly number[];
}

/**
 * Checks the options of a batcher.
 *
 * @param options The caller's options.
 * @param declared The number of rows that the program declares.
 */
export function readBatcherOptions(
  options: BatcherOptions | undefined,
  declared: number | null,
): BatchLimits {
  const { maxSize, maxDelay = 0, sizes: given, maxQueue } = readOptions(
    options,
    OPTIONS,
  );
  const sizes = readSizes(given, declared);
  const largest = sizes.at(-1);
  return {
    sizes,
    maxSize: toInteger(
      "maxSize",
      maxSize ?? largest ?? DEFAULT_MAX_SIZE,
      1,
      largest ?? MOST_ROWS,
    ),
    maxDelay: readDelay(maxDelay),
    maxQueue: readMaxQueue(maxQueue),
  };
}

function readSizes(
  given: readonly number[] | undefined,
  declared: number | null,
): readonly number[] {
  const sizes = given === undefined
    ? declared === null ? [] : [declared]
    : copyArray("sizes", given, (it) => toInteger("sizes", it, 1, MOST_ROWS));
  const wrong = declared === null
    ? undefined
    : sizes.find((it) => it !== declared);
  if (wrong !== undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `sizes must be [${declared}], the declared number of rows, got ${wrong}`,
    );
  }
  return sizes.toSorted((one, other) => one - other);
}

function readDelay(value: number): number {
  if (typeof value === "number" && value >= 0 && value <= LONGEST_DELAY) {
    return value;
  }
  throw mustBe("maxDelay", `milliseconds up to ${LONGEST_DELAY}`, value);
}
