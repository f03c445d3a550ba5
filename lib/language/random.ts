/** A generator of random numbers that repeats with its seed: xoshiro128**. */
export class Random {
  readonly #state: Uint32Array;

  /** @param seed The seed; random if omitted. */
  constructor(seed?: number) {
    this.#state = new Uint32Array(4);
    if (seed === undefined) {
      crypto.getRandomValues(this.#state);
      return;
    }
    // The digits beyond 32 bits count too.
    let mixed = (seed | 0) ^ Math.floor(seed / 2 ** 32);
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      let value = Math.imul(mixed ^ mixed >>> 16, 0x21f0aaad);
      value = Math.imul(value ^ value >>> 15, 0x735a2d97);
      this.#state[i] = value ^ value >>> 15;
    }
  }

  /** Returns the next number, from 0 up to but without 1. */
  next(): number {
    const state = this.#state;
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ state[2];
    state[0] = a ^ state[3];
    state[2] ^= b << 9;
    state[3] = rotate(state[3]!, 11);
    return result / 2 ** 32;
  }
}

function rotate(value: number, bits: number): number {
  return value << bits | value >>> (32 - bits);
}
