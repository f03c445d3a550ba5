/** Finds texts that end an answer, in a text that arrives in parts. */
export class StopTexts {
  readonly #stops: readonly string[];
  #held = "";

  /** @param stops The texts; none of them is empty. */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /**
   * Adds a part.
   *
   * @param part The part.
   * @returns The text that belongs to the answer for certain, and whether it has
   * ended.
   */
  push(part: string): { readonly text: string; readonly isEnd: boolean } {
    const text = this.#held + part;
    this.#held = "";
    const ends = this.#stops.map((stop) => text.indexOf(stop))
      .filter((at) => at >= 0);
    if (ends.length > 0) {
      return { text: text.slice(0, Math.min(...ends)), isEnd: true };
    }
    const length = this.#possible(text);
    this.#held = text.slice(text.length - length);
    return { text: text.slice(0, text.length - length), isEnd: false };
  }

  /** Ends the text, and returns what was held back. */
  finish(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  // Length of the longest end that could become one of the texts.
  #possible(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      const most = Math.min(stop.length - 1, text.length);
      for (let length = most; length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
