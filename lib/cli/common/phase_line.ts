/** Milliseconds between updates of the time. */
const INTERVAL = 100;

/** Shows the phase of a compile and its time on one line of a terminal. */
export class PhaseLine implements Disposable {
  readonly #title: string;
  readonly #start = performance.now();
  readonly #isTerminal = Deno.stderr.isTerminal();
  #phase = "opening the compiler";
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param title Describes the compile. */
  constructor(title: string) {
    this.#title = title;
    if (!this.#isTerminal) return;
    this.#timer = setInterval(() => this.#print(), INTERVAL);
  }

  /** Shows a phase. */
  show(phase: string): void {
    this.#phase = phase;
    if (this.#timer !== undefined) this.#print();
  }

  #print(): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1);
    print(`\r\x1b[K${this.#title}: ${this.#phase} (${seconds} s)`);
  }

  /** Removes the line. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    print("\r\x1b[K");
  }
}

function print(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
