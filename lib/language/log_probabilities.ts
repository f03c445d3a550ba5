/** A token that could have been chosen. */
export interface TokenProbability {
  /** The token. */
  readonly token: number;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
}

/**
 * Computes natural logarithms of the probabilities of tokens.
 *
 * @param logits A number for each token.
 */
export function logProbabilities(logits: Float32Array): Float64Array {
  let highest = -Infinity;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  const shift = highest + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - shift);
}

/**
 * Returns the likeliest tokens, the likeliest first.
 *
 * @param values Logarithms of probabilities, by token.
 * @param count How many.
 */
export function likeliest(
  values: Float64Array,
  count: number,
): TokenProbability[] {
  const best: TokenProbability[] = [];
  if (count === 0) return best;
  values.forEach((logProbability, token) => {
    const least = best.at(-1);
    if (best.length === count && logProbability <= least!.logProbability) {
      return;
    }
    const at = best.findIndex((it) => it.logProbability < logProbability);
    best.splice(at < 0 ? best.length : at, 0, { token, logProbability });
    if (best.length > count) best.pop();
  });
  return best;
}
