import type { KeyValueCache } from "./key_value_cache.ts";

/** The results of a step. */
export interface StepResult {
  /** A number for each token of the vocabulary. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** The state of each token, normalized; only if it was asked for. */
  readonly states: Float32Array<ArrayBuffer> | undefined;
}

/** A sequence that a call continues. */
export interface StepRow {
  /** Its cache, which must have room for the tokens. */
  readonly cache: KeyValueCache;
  /** How many positions of the cache are in use. */
  readonly position: number;
  /** The tokens, as many as `Steps.countFor` returned. */
  readonly tokens: readonly number[];
  /** Whether the states of the tokens are wanted. */
  readonly wantsStates: boolean;
  /** Gives up. */
  readonly signal: AbortSignal | undefined;
}

/** Computes a token of each of several sequences in one call. */
type RunTogether = (rows: readonly StepRow[]) => Promise<StepResult[]>;

/** A sequence that waits for a call. */
interface Waiting extends PromiseWithResolvers<StepResult> {
  readonly row: StepRow;
}

/**
 * Joins sequences that want their next token: one call for all, one call at a time.
 * Sequences come and go between calls.
 */
export class StepQueue {
  readonly #run: RunTogether;
  readonly #limit: number;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How many sequences come soon: those of the last call, and those that wait. */
  #expected = 1;

  /**
   * @param run Makes a call.
   * @param limit How many sequences a call can have.
   */
  constructor(run: RunTogether, limit: number) {
    this.#run = run;
    this.#limit = limit;
  }

  /**
   * Computes the next token of a sequence.
   *
   * @param row The sequence. If its signal is aborted, rejects at once before the
   * call, or at its end.
   */
  async add(row: StepRow): Promise<StepResult> {
    row.signal?.throwIfAborted();
    if (this.#limit === 1) return await this.#alone(row);
    const waiting = { row, ...Promise.withResolvers<StepResult>() };
    this.#waiting.push(waiting);
    const leave = () => this.#leave(waiting);
    row.signal?.addEventListener("abort", leave);
    try {
      this.#startSoon();
      return await waiting.promise;
    } finally {
      row.signal?.removeEventListener("abort", leave);
    }
  }

  async #alone(row: StepRow): Promise<StepResult> {
    const [result] = await this.#run([row]);
    return result!;
  }

  // Waits for the sequences of the last call, which are back within this turn of
  // the event loop unless they have ended or their readers are slow.
  #startSoon(): void {
    if (this.#isRunning) return;
    const wanted = Math.min(this.#expected, this.#limit);
    if (this.#waiting.length >= wanted) return this.#start();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    });
  }

  #leave(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at === -1) return; // its call is running
    this.#waiting.splice(at, 1);
    waiting.reject(waiting.row.signal?.reason);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isRunning || this.#waiting.length === 0) return;
    this.#isRunning = true;
    const taken = this.#waiting.splice(0, this.#limit);
    this.#finish(taken);
  }

  async #finish(taken: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#run(taken.map(({ row }) => row));
      taken.forEach(({ row: { signal }, resolve, reject }, at) =>
        signal?.aborted ? reject(signal.reason) : resolve(results[at]!)
      );
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    this.#isRunning = false;
    this.#expected = taken.length + this.#waiting.length;
    if (this.#waiting.length > 0) this.#startSoon();
  }
}
