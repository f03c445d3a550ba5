/**
 * The output of several processes, one after the other.
 *
 * @module
 */

/** Where one process's output goes. */
export interface Turn {
  /** Passes text on now, or when it is this process's turn. */
  write(text: string): void;
  /** Ends the output; the next process's follows. */
  end(): void;
}

/**
 * Keeps the output of processes apart that run at the same time: the first
 * one's passes through as it comes, the others' waits until those before it
 * have ended.
 */
export class InOrder {
  readonly #print: (text: string) => void;
  readonly #turns: { waiting: string[]; ended: boolean }[] = [];

  /** @param print Prints text. */
  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** Adds a process behind those that were added before. */
  add(): Turn {
    const turn = { waiting: [] as string[], ended: false };
    this.#turns.push(turn);
    return {
      write: (text: string): void => {
        turn.waiting.push(text);
        this.#flush();
      },
      end: (): void => {
        turn.ended = true;
        this.#flush();
      },
    };
  }

  #flush(): void {
    for (;;) {
      const first = this.#turns[0];
      if (first === undefined) return;
      for (const text of first.waiting.splice(0)) this.#print(text);
      if (!first.ended) return;
      this.#turns.shift();
    }
  }
}
