import { isRevoked } from "../base/checks.ts";
import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { OptionNames } from "../base/options.ts";

/** How the next token is chosen. */
export interface SamplingOptions {
  /**
   * How random the choice is: 0 always takes the likeliest token, 1 follows the
   * model's probabilities.
   *
   * @default {0}
   */
  temperature?: number | undefined;
  /** Samples from the N likeliest tokens. */
  topK?: number | undefined;
  /**
   * Chooses among the fewest tokens whose probabilities add up to this.
   *
   * @default {1}
   */
  topP?: number | undefined;
  /**
   * Chooses among tokens with at least this share of the largest probability.
   *
   * @default {0}
   */
  minP?: number | undefined;
  /**
   * Makes tokens that the text has less likely: 1 changes nothing.
   *
   * @default {1}
   */
  repetitionPenalty?: number | undefined;
  /**
   * Subtracted from the logit of each token that was generated.
   *
   * @default {0}
   */
  presencePenalty?: number | undefined;
  /**
   * Subtracted from a token's logit for each time that it was generated.
   *
   * @default {0}
   */
  frequencyPenalty?: number | undefined;
  /** Makes the choices repeatable. */
  seed?: number | undefined;
  /** Added to the logits of tokens. */
  logitBias?: Readonly<Record<number, number>> | undefined;
}

/** Names of the options. */
export const SAMPLING_OPTIONS: OptionNames<SamplingOptions> = {
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  repetitionPenalty: true,
  presencePenalty: true,
  frequencyPenalty: true,
  seed: true,
  logitBias: true,
};

/** Smallest and largest values. */
const RANGES: Readonly<
  Partial<Record<keyof SamplingOptions, readonly [number, number]>>
> = {
  temperature: [0, 100],
  topP: [0, 1],
  minP: [0, 1],
  repetitionPenalty: [0.01, 100],
  presencePenalty: [-100, 100],
  frequencyPenalty: [-100, 100],
};

/** Checks the options, and returns a copy of the biases. */
export function checkSampling(
  options: Readonly<SamplingOptions>,
  vocabulary: number,
): Readonly<Record<number, number>> {
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = options[name as keyof SamplingOptions];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= low && value <= high)) {
      throw outside(name, `${low} to ${high}`, value);
    }
  }
  checkInteger("topK", options.topK, 1);
  checkInteger("seed", options.seed, Number.MIN_SAFE_INTEGER);
  return readBias(options.logitBias, vocabulary);
}

function readBias(
  logitBias: SamplingOptions["logitBias"],
  vocabulary: number,
): Record<number, number> {
  const copy: Record<number, number> = Object.create(null);
  if (logitBias === undefined) return copy;
  const isObject = typeof logitBias === "object" && logitBias !== null &&
    !isRevoked(logitBias);
  if (!isObject) throw outside("logitBias", "an object", logitBias);
  for (const [token, bias] of Object.entries(logitBias)) {
    const id = Number(token);
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
      throw outside("a token in logitBias", `0 to ${vocabulary - 1}`, token);
    }
    if (typeof bias !== "number" || Number.isNaN(bias)) {
      throw outside(`logitBias[${token}]`, "a number", bias);
    }
    copy[id] = bias;
  }
  return copy;
}

function checkInteger(
  name: string,
  value: number | undefined,
  least: number,
): void {
  if (value === undefined) return;
  if (Number.isSafeInteger(value) && value >= least) return;
  throw outside(name, least === 1 ? "a positive integer" : "an integer", value);
}

function outside(name: string, expected: string, value: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${name} must be ${expected}, got ${describeNumber(value)}`,
  );
}
