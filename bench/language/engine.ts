/** How a contestant is set up. */
export interface EngineOptions {
  /** The model, a GGUF file. */
  readonly path: string;
  /** The element type of weights; only ours has a choice. */
  readonly weights: string;
  /** Whether it runs on one thread, or on all. */
  readonly isSingle: boolean;
  /** How many requests it answers at the same time. */
  readonly requests: number;
}

/** A contestant: continues prompts of tokens, always with the likeliest token. */
export interface Engine {
  /** What weights and caches need, if known, in bytes. */
  readonly needed?: number;
  /** Generates so many tokens after a prompt, and reports each. */
  generate(
    prompt: readonly number[],
    count: number,
    onToken: () => void,
  ): Promise<void>;
}

/** The longest context: what the longest workload needs. */
export const CONTEXT = 512;
