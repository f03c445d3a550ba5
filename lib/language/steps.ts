import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import type { VmFunction } from "../call/function.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Device } from "../hal/device.ts";
import { loadAsync } from "../program/load.ts";
import type { Configuration } from "./configuration.ts";
import { compileStep, type ProgramOptions } from "./compile_step.ts";
import { SCOPE } from "./emit_program.ts";
import { KeyValueCache } from "./key_value_cache.ts";
import { Rotation } from "./rotation.ts";
import { stepInputs, type StepSize } from "./step_inputs.ts";
import { StepQueue, type StepResult, type StepRow } from "./step_queue.ts";

/** What the programs of a model are made of. */
export interface StepOptions extends ProgramOptions {
  readonly instance: Instance;
  readonly device: Device;
  /** How many tokens a call of the program for prompts computes. */
  readonly chunk: number;
  /** How many sequences a call continues at most. */
  readonly batch: number;
}

/** A loaded program. */
interface Step extends StepSize {
  readonly call: VmFunction;
}

/** Number of prompt tokens that are still computed one by one. */
const FEW = 2;

/** How many small parts a part of a prompt has, and tokens the least of them. */
const SMALL_PARTS = 4;
const LEAST_PART = 8;

/** The programs of a model: one for prompts, and those for single tokens. */
export class Steps implements Disposable {
  readonly #resources: DisposableStack;
  readonly #device: Device;
  readonly #configuration: Configuration;
  readonly #rotation: Rotation;
  /** Those for prompts, by the number of tokens. */
  readonly #prompts: readonly Step[];
  /** Those for single tokens, by the number of sequences. */
  readonly #singles: readonly Step[];
  readonly #queue: StepQueue;
  #padding: KeyValueCache | undefined;

  private constructor(
    { configuration, device, batch }: StepOptions,
    singles: readonly Step[],
    prompts: readonly Step[],
    resources: DisposableStack,
  ) {
    this.#configuration = configuration;
    this.#device = device;
    this.#rotation = new Rotation(configuration.rotation);
    this.#singles = singles;
    this.#prompts = prompts;
    this.#queue = new StepQueue((rows) => this.#runTogether(rows), batch);
    this.#resources = resources.move();
  }

  /** Compiles the programs, or finds them in the cache, and loads them. */
  static async load(options: StepOptions): Promise<Steps> {
    using resources = new DisposableStack();
    const singles: Step[] = [];
    for (const batch of batchSizes(options.batch)) {
      singles.push(await loadStep(options, { batch, chunk: 1 }, resources));
    }
    const prompts: Step[] = [];
    for (const chunk of chunkSizes(options.chunk)) {
      prompts.push(await loadStep(options, { batch: 1, chunk }, resources));
    }
    return new Steps(options, singles, prompts, resources);
  }

  /** Allocates a cache for so many positions. */
  allocate(length: number): KeyValueCache {
    return new KeyValueCache(this.#device, this.#configuration, length);
  }

  /** How many tokens the next call should add, of so many. */
  countFor(length: number): number {
    return length <= FEW ? 1 : Math.min(length, this.#stepFor(length).chunk);
  }

  /**
   * Computes tokens, and adds their keys and values to the cache. Single tokens
   * share a call with those of other sequences.
   */
  async run(row: StepRow): Promise<StepResult> {
    const { length } = row.tokens;
    if (length === 1) return await this.#queue.add(row);
    const [result] = await this.#call(this.#stepFor(length), [row], row.signal);
    return result!;
  }

  // A call takes as long for fewer tokens, so few of them are computed in small
  // parts, unless these are as many as one large part has.
  #stepFor(length: number): Step {
    const [small] = this.#prompts;
    const large = this.#prompts.at(-1);
    if (small === undefined || large === undefined) return this.#singles[0]!;
    return length > large.chunk - small.chunk ? large : small;
  }

  async #runTogether(rows: readonly StepRow[]): Promise<StepResult[]> {
    const step = this.#singles.find(({ batch }) => batch >= rows.length)!;
    // When one of several gives up, their call continues for the others.
    const signal = rows.length === 1 ? rows[0]!.signal : undefined;
    return await this.#call(step, rows, signal);
  }

  async #call(
    { call, batch, chunk }: Step,
    rows: readonly StepRow[],
    signal: AbortSignal | undefined,
  ): Promise<StepResult[]> {
    const { vocabulary, hidden } = this.#configuration;
    const inputs = stepInputs(this.#rotation, { batch, chunk }, rows);
    const caches = Array.from(
      { length: batch },
      (_, at) => (rows[at]?.cache ?? this.#pad()).view,
    );
    const results = await call.with({ signal }).callAsync(
      ...inputs,
      ...caches,
    );
    using views = new Views(results);
    const [logits, states, added] = views.all;
    return rows.map(({ cache, tokens, position, wantsStates, signal }, at) => {
      if (signal?.aborted !== true) {
        cache.write(added, at, chunk, tokens.length, position);
      }
      return {
        logits: readFloats(logits, at * vocabulary, vocabulary),
        states: wantsStates
          ? readFloats(states, at * chunk * hidden, tokens.length * hidden)
          : undefined,
      };
    });
  }

  // The cache of sequences that a call does not have.
  #pad(): KeyValueCache {
    return this.#padding ??= this.#resources.use(this.allocate(1));
  }

  /** Releases the programs. */
  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

function readFloats(
  view: BufferView,
  start: number,
  length: number,
): Float32Array<ArrayBuffer> {
  const array = new Float32Array(length);
  view.readBytes(new Uint8Array(array.buffer), 4 * start);
  return array;
}

/** Numbers of sequences that programs are compiled for: few, and the most. */
function batchSizes(most: number): number[] {
  const sizes = [1];
  for (let size = 4; size < most; size *= 4) sizes.push(size);
  return most === 1 ? sizes : [...sizes, most];
}

/** Numbers of tokens that programs for prompts are compiled for. */
function chunkSizes(most: number): number[] {
  if (most === 1) return [];
  const small = most / SMALL_PARTS;
  return small >= LEAST_PART ? [Math.ceil(small), most] : [most];
}

/** The tensors that a call returned. */
class Views implements Disposable {
  readonly all: readonly [BufferView, BufferView, BufferView];

  constructor(results: unknown) {
    const views = Array.isArray(results) ? results : [results];
    if (views.length !== 3 || !views.every((it) => it instanceof BufferView)) {
      throw new IreeError("INTERNAL", "step must return three tensors");
    }
    this.all = views as unknown as readonly [
      BufferView,
      BufferView,
      BufferView,
    ];
  }

  [Symbol.dispose](): void {
    for (const view of this.all) view.dispose();
  }
}

async function loadStep(
  options: StepOptions,
  size: StepSize,
  resources: DisposableStack,
): Promise<Step> {
  const { path, bytes } = await compileStep(options, size);
  const program = resources.use(
    await loadAsync({
      modules: [path ?? bytes],
      device: options.device,
      parameters: { scope: SCOPE, index: options.index },
      signal: options.signal,
    }),
  );
  return { call: program.lookupFunction("step"), ...size };
}
