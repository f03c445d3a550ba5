import { bytesOf } from "../../ffi/base/typed_array.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { withEntry } from "../files/archive_entry.ts";
import { type ByteSource, memorySource } from "../files/byte_source.ts";
import { readArchive } from "../files/program_archive.ts";

/** Name of the file in a program's archive. */
const NAME = "tuning.json";

/** Changes when older readers would misunderstand the file. */
const VERSION = 1;

/** A recipe on a device, and how fast it was. */
export interface TuningTrial {
  /** The recipe's name. */
  readonly recipe: string;
  /** The device's URI. */
  readonly device: string;
  /** Workers of `local-task`; `undefined` means one for each core. */
  readonly workers: number | undefined;
  /** Median time of a call. */
  readonly milliseconds: number;
  /** How much the rounds differ: the median distance from the median, in %. */
  readonly spread: number;
  /** Number of rounds; lower for a candidate that was dropped early. */
  readonly rounds: number;
}

/** A recipe that was not measured. */
export interface SkippedRecipe {
  /** The recipe's name. */
  readonly recipe: string;
  /** Why it was skipped. */
  readonly reason: string;
}

/** The result of tuning, which the program contains. */
export interface ProgramTuning {
  /** The function that was measured. */
  readonly function: string;
  /** The fastest recipe and device, which the program was compiled for. */
  readonly choice: TuningTrial;
  /** Flags of the chosen recipe. */
  readonly flags: readonly string[];
  /** All trials, the fastest first. */
  readonly trials: readonly TuningTrial[];
  /** Recipes that were not measured. */
  readonly skipped: readonly SkippedRecipe[];
}

type ArchiveFiles = ReturnType<typeof readArchive>["files"];

/**
 * Adds a tuning result to a program.
 *
 * @param program The program, a `.vmfb`.
 * @param tuning The tuning result.
 */
export function withTuning(
  program: Uint8Array<ArrayBuffer>,
  tuning: ProgramTuning,
): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify({ version: VERSION, ...tuning }, null, 2);
  return withEntry(program, NAME, new TextEncoder().encode(text));
}

/**
 * Reads a program's tuning result.
 *
 * @param program The program's bytes.
 * @returns The choice; `undefined` for a program that was not tuned. Throws
 * INVALID_ARGUMENT if the file is damaged or of another version.
 */
export function tuningOf(
  program: Uint8Array<ArrayBuffer>,
): ProgramTuning | undefined {
  const tuning = readTuning(memorySource(bytesOf(program, "program")));
  if (tuning instanceof IreeError) throw tuning;
  return tuning;
}

/**
 * Reads the tuning result in a program's file.
 *
 * @param source The program's file.
 * @param files The files of its archive.
 * @returns The choice; `undefined` for a program that was not tuned; an error for
 * one whose file is damaged or of another version.
 */
export function readTuning(
  source: ByteSource,
  files: ArchiveFiles = readArchive(source).files,
): ProgramTuning | IreeError | undefined {
  const file = files?.find(({ name }) => name === NAME);
  if (file === undefined) return undefined;
  const text = new TextDecoder().decode(
    source.read(file.offset, file.byteLength),
  );
  return parseTuning(text);
}

function parseTuning(text: string): ProgramTuning | IreeError {
  let tuning;
  try {
    tuning = JSON.parse(text);
  } catch (cause) {
    return damaged("is not JSON", cause);
  }
  if (tuning?.version !== VERSION) {
    return damaged(`has the version ${describeValue(tuning?.version)}`);
  }
  const { function: name, choice, flags, trials, skipped } = tuning;
  if (!isTrial(choice) || typeof name !== "string") {
    return damaged("has no choice");
  }
  const isWhole = isListOf(flags, (it) => typeof it === "string") &&
    isListOf(trials, isTrial) && isListOf(skipped, isSkipped);
  if (!isWhole) return damaged("has no trials");
  return {
    function: name,
    choice: toTrial(choice),
    flags,
    trials: trials.map(toTrial),
    skipped,
  };
}

function isListOf(list: unknown, isRight: (it: never) => boolean): boolean {
  return Array.isArray(list) && list.every((it) => isRight(it as never));
}

function isSkipped(value: SkippedRecipe | null | undefined): boolean {
  return typeof value?.recipe === "string" && typeof value.reason === "string";
}

function isTrial(value: TuningTrial | null | undefined): boolean {
  const workers = value?.workers ?? 1;
  const numbers = [value?.milliseconds, value?.spread, value?.rounds];
  return typeof value?.recipe === "string" && numbers.every(Number.isFinite) &&
    /^local-(?:sync|task)$/.test(value.device) &&
    Number.isInteger(workers) && workers >= 1 && workers <= 256;
}

function toTrial(trial: TuningTrial): TuningTrial {
  return { ...trial, workers: trial.workers };
}

function damaged(problem: string, cause?: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `'${NAME}' in the program ${problem}`,
    { cause, hint: "tune it again: iree compile --tune" },
  );
}
