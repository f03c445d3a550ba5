import { runLater, runNow, step, type Steps } from "../base/steps.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Reports what stops the work, until it is disposed. */
export interface StopWatch extends Disposable {
  /** Aborted when the work must stop. */
  readonly signal: AbortSignal;
}

/** Options for writing a file. */
export interface OutputOptions {
  /**
   * Whether to append to the existing contents.
   *
   * @default {false}
   */
  append?: boolean | undefined;
  /**
   * Watches for what stops the work while a regular file is incomplete. Opening
   * and writing pipes is not watched, since both may block.
   */
  watch?: (() => StopWatch) | undefined;
}

/** Number of bytes written between two turns of the event loop. */
const PIECE_LENGTH = 2 ** 24;

/** Lets the event loop run. */
const TURN = {
  now: (): void => {},
  later: (): Promise<void> => new Promise((resolve) => setTimeout(resolve)),
};

/** Lets the event loop run between two steps of some work. */
export function turn(): Steps<void> {
  return step(TURN);
}

/**
 * Writes a file in place, so that links, owners and permissions stay, and
 * `--allow-write` for the file is enough. A failure, such as a full disk, leaves
 * no partial contents: a new file is removed, a replaced one is emptied, and an
 * appended one is truncated to its former length.
 *
 * @param path The file; pipes and devices are supported.
 * @param pieces The contents, each piece made when it is written.
 * @param options The options.
 */
export function writeOutput(
  path: string,
  pieces: Iterable<Bytes>,
  options?: OutputOptions,
): void {
  runNow(outputSteps(path, pieces, options));
}

/**
 * Writes a file as {@linkcode writeOutput} does. The event loop runs between
 * pieces.
 *
 * @param path The file; pipes and devices are supported.
 * @param pieces The contents, each piece made when it is written.
 * @param options The options.
 */
export async function writeOutputLater(
  path: string,
  pieces: Iterable<Bytes>,
  options?: OutputOptions,
): Promise<void> {
  await runLater(outputSteps(path, pieces, options));
}

function* outputSteps(
  path: string,
  pieces: Iterable<Bytes>,
  options: OutputOptions = {},
): Steps<void> {
  const { append = false, watch } = options;
  using stack = new DisposableStack();
  const { file, isNew, stop } = openOutput(path, append, watch);
  if (stop !== undefined) stack.use(stop);
  let length = 0;
  try {
    using _ = file;
    try {
      if (append && !isNew) length = lengthOf(file);
      else if (!isNew) quietly(() => file.truncateSync());
      yield* writeSteps(file, pieces, stop?.signal);
    } catch (error) {
      if (!isNew) quietly(() => file.truncateSync(length));
      throw error;
    }
  } catch (error) {
    if (isNew) quietly(() => Deno.removeSync(path));
    throw error;
  }
}

interface Output {
  readonly file: Deno.FsFile;
  readonly isNew: boolean;
  readonly stop: StopWatch | undefined;
}

/** Opens a file for writing; checking its existence would need `--allow-read`. */
function openOutput(
  path: string,
  append: boolean,
  watch: OutputOptions["watch"],
): Output {
  const options = { write: !append, append };
  const stop = watch?.();
  try {
    const file = Deno.openSync(path, { ...options, createNew: true });
    return { file, isNew: true, stop };
  } catch (error) {
    stop?.[Symbol.dispose]();
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // Opening a pipe waits for a reader.
    const file = Deno.openSync(path, { ...options, create: true });
    return { file, isNew: false, stop: isPipe(file) ? undefined : watch?.() };
  }
}

function* writeSteps(
  file: Deno.FsFile,
  pieces: Iterable<Bytes>,
  signal: AbortSignal | undefined,
): Steps<void> {
  let written = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const count = file.writeSync(piece.subarray(at, at + PIECE_LENGTH));
      at += count;
      written += count;
      if (written < PIECE_LENGTH) continue;
      written = 0;
      yield* turn();
      signal?.throwIfAborted();
    }
  }
  if (signal === undefined) return;
  yield* turn();
  signal.throwIfAborted();
}

/** Whether writing may wait for a reader. `stat` would need `--allow-read`. */
function isPipe(file: Deno.FsFile): boolean {
  return quietly(() => file.seekSync(0, Deno.SeekMode.Current)) === undefined;
}

/** The length of a file; 0 for a pipe. */
function lengthOf(file: Deno.FsFile): number {
  return quietly(() => file.seekSync(0, Deno.SeekMode.End)) ?? 0;
}

/** Ignores failures of the cleanup, since the original failure says more. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
