import { assert, assertEquals } from "@std/assert";
import { Sampler } from "../../lib/language/sampler.ts";
import type { SamplingOptions } from "../../lib/language/sampling_options.ts";

/** How likely the tokens are that are chosen from. */
const PROBABILITIES = [0.02, 0.5, 0.08, 0.3, 0.1];

const ROUNDS = 20_000;

/** How often each token is chosen, as a share. */
function sharesOf(options: SamplingOptions): number[] {
  const sampler = new Sampler({ temperature: 1, seed: 1, ...options }, []);
  const counts = PROBABILITIES.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    counts[sampler.choose(Float32Array.from(PROBABILITIES, Math.log))]!++;
  }
  return counts.map((count) => count / ROUNDS);
}

/** The shares of some tokens, relative to their sum. */
function among(tokens: readonly number[], power = 1): number[] {
  const weights = PROBABILITIES.map((it, token) =>
    tokens.includes(token) ? it ** power : 0
  );
  const total = weights.reduce((sum, it) => sum + it, 0);
  return weights.map((it) => it / total);
}

Deno.test("Tokens are chosen as often as their probabilities and the options say", () => {
  const all = [0, 1, 2, 3, 4];
  const cases: readonly (readonly [SamplingOptions, readonly number[]])[] = [
    [{}, among(all)],
    [{ temperature: 2 }, among(all, 1 / 2)],
    [{ temperature: 0.5 }, among(all, 2)],
    [{ temperature: 0 }, among([1])],
    [{ topK: 1 }, among([1])],
    [{ topK: 2 }, among([1, 3])],
    [{ topK: 9 }, among(all)],
    // The fewest tokens that add up to the share.
    [{ topP: 0.49 }, among([1])],
    [{ topP: 0.79 }, among([1, 3])],
    [{ topP: 0.85 }, among([1, 3, 4])],
    [{ topP: 1 }, among(all)],
    // A share of the largest probability.
    [{ minP: 0.61 }, among([1])],
    [{ minP: 0.19 }, among([1, 3, 4])],
    [{ topK: 3, minP: 0.5 }, among([1, 3])],
    [{ topK: 4, topP: 0.6 }, among([1, 3])],
    [{ logitBias: { 0: Math.log(25) } }, [0.34, 0.34, 0.05, 0.2, 0.07]],
    [{ logitBias: { 1: -Infinity } }, among([0, 2, 3, 4])],
  ];
  for (const [options, expected] of cases) {
    const shares = sharesOf(options);
    const what = `${JSON.stringify(options)}: ${shares}`;
    expected.forEach((it, token) => {
      if (it === 0) assertEquals(shares[token], 0, what);
      else assert(Math.abs(shares[token]! - it) < 0.02, what);
    });
  }
});
