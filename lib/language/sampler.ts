import { Random } from "./random.ts";
import type { SamplingOptions } from "./sampling_options.ts";

/** A token and how likely it is. */
interface Candidate {
  readonly token: number;
  readonly weight: number;
}

/** Chooses tokens. */
export class Sampler {
  readonly #options: Readonly<SamplingOptions>;
  readonly #random: Random;
  readonly #bias: readonly (readonly [number, number])[];
  /** How often tokens were chosen. */
  readonly #counts = new Map<number, number>();
  readonly #prompt: ReadonlySet<number>;

  /**
   * @param options How to choose.
   * @param prompt The tokens before.
   */
  constructor(options: Readonly<SamplingOptions>, prompt: Iterable<number>) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#bias = Object.entries(options.logitBias ?? {}).map(
      ([token, bias]) => [Number(token), bias],
    );
    this.#prompt = new Set(
      (options.repetitionPenalty ?? 1) === 1 ? [] : prompt,
    );
  }

  /**
   * Chooses the next token.
   *
   * @param logits A number for each token, which may be changed.
   */
  choose(logits: Float32Array): number {
    this.#penalize(logits);
    for (const [token, bias] of this.#bias) logits[token]! += bias;
    const token = this.#pick(logits);
    this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    return token;
  }

  #penalize(logits: Float32Array): void {
    const {
      repetitionPenalty: repetition = 1,
      presencePenalty: presence = 0,
      frequencyPenalty: frequency = 0,
    } = this.#options;
    if (repetition !== 1) {
      for (const token of this.#prompt.union(new Set(this.#counts.keys()))) {
        const logit = logits[token]!;
        logits[token] = logit > 0 ? logit / repetition : logit * repetition;
      }
    }
    if (presence === 0 && frequency === 0) return;
    for (const [token, count] of this.#counts) {
      logits[token]! -= presence + frequency * count;
    }
  }

  #pick(logits: Float32Array): number {
    const { temperature = 0, topK, topP = 1, minP = 0 } = this.#options;
    const best = indexOfMax(logits);
    if (temperature === 0 || topK === 1) return best;
    const weights = new Float64Array(logits.length);
    const highest = logits[best]!;
    let total = 0;
    for (let i = 0; i < logits.length; i++) {
      total += weights[i] = Math.exp((logits[i]! - highest) / temperature);
    }
    // With infinite logits, only the best one is left.
    if (!Number.isFinite(total)) return best;
    let candidates = topK === undefined || topK >= logits.length
      ? likelyOnes(weights, total, topP, minP)
      : largest(weights, topK);
    if (topP < 1) candidates = nucleus(candidates, topP);
    return this.#draw(candidates.filter(({ weight }) => weight >= minP), best);
  }

  #draw(candidates: readonly Candidate[], best: number): number {
    const total = sumOf(candidates);
    let rest = this.#random.next() * total;
    for (const { token, weight } of candidates) {
      rest -= weight;
      if (rest < 0) return token;
    }
    return candidates.at(-1)?.token ?? best;
  }
}

/** The index of the largest number; the first one of several. */
export function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[best]!) best = i;
  }
  return best;
}

// Leaves out tokens that cannot be chosen: of all that are so unlikely, the sum
// is less than what topP leaves out.
function likelyOnes(
  weights: Float64Array,
  total: number,
  topP: number,
  minP: number,
): Candidate[] {
  const least = Math.max(minP, (1 - topP) * total / weights.length);
  const candidates: Candidate[] = [];
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token]!;
    if (weight > 0 && weight >= least) candidates.push({ token, weight });
  }
  // The others count in the sum that topP is a share of.
  const others = total - sumOf(candidates);
  if (topP < 1 && others > 0) candidates.push({ token: -1, weight: others });
  return candidates;
}

// A heap whose first element is the smallest.
function largest(weights: Float64Array, count: number): Candidate[] {
  const heap: number[] = [];
  const swap = (i: number, j: number) => {
    [heap[i], heap[j]] = [heap[j]!, heap[i]!];
  };
  const isLess = (i: number, j: number) =>
    weights[heap[i]!]! < weights[heap[j]!]!;
  for (let token = 0; token < weights.length; token++) {
    if (heap.length < count) {
      heap.push(token);
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!isLess(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
      continue;
    }
    if (weights[token]! <= weights[heap[0]!]!) continue;
    heap[0] = token;
    for (let i = 0;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isLess(child, least)) least = child;
      }
      if (least === i) break;
      swap(i, least);
      i = least;
    }
  }
  return heap.map((token) => ({ token, weight: weights[token]! }));
}

function nucleus(candidates: readonly Candidate[], topP: number): Candidate[] {
  const wanted = topP * sumOf(candidates);
  const sorted = candidates.filter(({ token }) => token >= 0)
    .sort((one, two) => two.weight - one.weight || one.token - two.token);
  const chosen: Candidate[] = [];
  let sum = 0;
  for (const candidate of sorted) {
    chosen.push(candidate);
    sum += candidate.weight;
    if (sum >= wanted) break;
  }
  return chosen;
}

function sumOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { weight }) => sum + weight, 0);
}
