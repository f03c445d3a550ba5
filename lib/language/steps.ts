import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import type { VmFunction } from "../call/function.ts";
import { compileProgram } from "../compiler/compile.ts";
import type { CompileOptions } from "../compiler/options.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { Device } from "../hal/device.ts";
import type { ParameterIndex } from "../parameters/parameter_index.ts";
import { loadAsync } from "../program/load.ts";
import type { LoadedProgram } from "../program/program.ts";
import type { Configuration, WeightType } from "./configuration.ts";
import { emitProgram, SCOPE } from "./emitter.ts";
import { KeyValueCache } from "./key_value_cache.ts";
import { Rotation } from "./rotation.ts";

/** What the programs of a model are made of. */
export interface StepOptions {
  readonly configuration: Configuration;
  readonly roles: ReadonlySet<string>;
  readonly weights: WeightType;
  readonly index: ParameterIndex;
  readonly instance: Instance;
  readonly device: Device;
  /** How many tokens a call of the program for prompts computes. */
  readonly chunk: number;
  readonly compile: Omit<CompileOptions, "signal"> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The results of a step. */
export interface StepResult {
  /** A number for each token of the vocabulary. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** The state of each token, normalized; only if it was asked for. */
  readonly states: Float32Array<ArrayBuffer> | undefined;
}

/** A loaded program and how many tokens a call of it computes. */
interface Step {
  readonly program: LoadedProgram;
  readonly call: VmFunction;
  readonly chunk: number;
}

/** Number of prompt tokens that are still computed one by one. */
const FEW = 2;

/** The programs of a model: one for prompts, and one for single tokens. */
export class Steps implements Disposable {
  readonly #resources: DisposableStack;
  readonly #device: Device;
  readonly #configuration: Configuration;
  readonly #rotation: Rotation;
  readonly #single: Step;
  readonly #many: Step;

  private constructor(
    { configuration, device }: StepOptions,
    single: Step,
    many: Step,
    resources: DisposableStack,
  ) {
    this.#configuration = configuration;
    this.#device = device;
    this.#rotation = new Rotation(configuration.rotation);
    this.#single = single;
    this.#many = many;
    this.#resources = resources.move();
  }

  /** Compiles the programs, or finds them in the cache, and loads them. */
  static async load(options: StepOptions): Promise<Steps> {
    using resources = new DisposableStack();
    const single = await loadStep(options, 1, resources);
    const many = options.chunk === 1
      ? single
      : await loadStep(options, options.chunk, resources);
    return new Steps(options, single, many, resources);
  }

  /** Allocates a cache for so many positions. */
  allocate(length: number): KeyValueCache {
    return new KeyValueCache(this.#device, this.#configuration, length);
  }

  /** How many tokens the next call should add, of so many. */
  countFor(length: number): number {
    return length <= FEW ? 1 : Math.min(length, this.#many.chunk);
  }

  /**
   * Computes tokens, and adds their keys and values to the cache.
   *
   * @param cache The cache, which must have room for them.
   * @param position How many positions of it are in use.
   * @param tokens The tokens, as many as {@linkcode countFor} returned.
   * @param wantsStates Whether the states of the tokens are wanted.
   * @param signal Gives up.
   */
  async run(
    cache: KeyValueCache,
    position: number,
    tokens: readonly number[],
    wantsStates: boolean,
    signal: AbortSignal | undefined,
  ): Promise<StepResult> {
    const { call, chunk } = tokens.length === 1 ? this.#single : this.#many;
    const padded = new Int32Array(chunk);
    padded.set(tokens);
    const { size } = this.#configuration.rotation;
    const angles = new Float32Array(chunk * 2 * size);
    this.#rotation.write(angles, 0, position, chunk);
    const results = await call.with({ signal }).callAsync(
      padded,
      new Int32Array([position]),
      new Int32Array([tokens.length - 1]),
      angles,
      cache.view,
    );
    using views = new Views(results);
    const [logits, states, rows] = views.all;
    cache.write(rows, chunk, tokens.length, position);
    return {
      logits: readFloats(logits, this.#configuration.vocabulary),
      states: wantsStates
        ? readFloats(states, tokens.length * this.#configuration.hidden)
        : undefined,
    };
  }

  /** Releases the programs. */
  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

function readFloats(
  view: BufferView,
  length: number,
): Float32Array<ArrayBuffer> {
  const array = new Float32Array(length);
  view.read(array);
  return array;
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
  chunk: number,
  resources: DisposableStack,
): Promise<Step> {
  const { configuration, weights, roles, signal } = options;
  const source = emitProgram(configuration, {
    batch: 1,
    chunk,
    weights,
    roles,
  });
  const { path, bytes } = await compileProgram(source, {
    name: `${configuration.architecture}_${chunk}.mlir`,
    ...options.compile,
    signal,
  });
  const program = resources.use(
    await loadAsync({
      modules: [path ?? bytes],
      device: options.device,
      parameters: { scope: SCOPE, index: options.index },
      signal,
    }),
  );
  return { program, call: program.lookupFunction("step"), chunk };
}
