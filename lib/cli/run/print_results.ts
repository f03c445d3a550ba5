import { type Json, toJson } from "./json_results.ts";
import { print, writeOutputs } from "./write_outputs.ts";
import type { Results } from "./results.ts";
import type { RunFlags } from "./all_flags.ts";

/** Reports what a run does. */
export interface Reporter {
  /**
   * Called before the function runs.
   *
   * @param name The function's name.
   */
  begin(name: string): void;
  /**
   * Called after the function ran.
   *
   * @param results The results.
   * @param milliseconds The duration of each call.
   * @param differences Lines about unexpected results; `undefined` when nothing
   * was compared.
   */
  end(
    results: Results,
    milliseconds: readonly number[],
    differences: string | undefined,
  ): Promise<void>;
}

/** Flags for printed results. */
export type PrintFlags =
  & Pick<RunFlags, "output" | "output_max_element_count">
  & Partial<Pick<RunFlags, "repeat">>;

/** Prints text like `iree-run-module`. */
export class TextReporter implements Reporter {
  readonly #flags: PrintFlags;

  constructor(flags: PrintFlags) {
    this.#flags = flags;
  }

  begin(name: string): void {
    console.log(`EXEC @${name}`);
  }

  async end(
    results: Results,
    milliseconds: readonly number[],
    differences: string | undefined,
  ): Promise<void> {
    const { output, output_max_element_count, repeat } = this.#flags;
    const maxCount = maxElementCount(output_max_element_count);
    if (differences !== undefined) {
      print(differences || SUCCESS);
    } else if (output.length === 0) {
      print(results.format(maxCount));
    } else {
      await writeOutputs(results, output, (result) => {
        print(results.formatOne(result, maxCount));
      });
    }
    if (repeat !== undefined) console.log(formatTimes(milliseconds));
  }
}

const SUCCESS =
  "[SUCCESS] all function outputs matched their expected values.\n";

// As in `iree-run-module`, a negative count means no limit.
function maxElementCount(count = 1024): number {
  return count < 0 ? 0xffffffff : count;
}

function formatTimes(milliseconds: readonly number[]): string {
  const sum = milliseconds.reduce((total, it) => total + it, 0);
  const [min, mean, max] = [
    milliseconds.reduce((least, it) => Math.min(least, it)),
    sum / milliseconds.length,
    milliseconds.reduce((most, it) => Math.max(most, it)),
  ].map((it) => it.toFixed(3));
  return `[REPEAT] ${milliseconds.length} calls: ${min} ms minimum, ` +
    `${mean} ms mean, ${max} ms maximum`;
}

/** Prints one JSON object at the end. */
export class JsonReporter implements Reporter {
  readonly #flags: RunFlags;
  #name = "";

  constructor(flags: RunFlags) {
    this.#flags = flags;
  }

  begin(name: string): void {
    this.#name = name;
  }

  async end(
    results: Results,
    milliseconds: readonly number[],
    differences: string | undefined,
  ): Promise<void> {
    const { output } = this.#flags;
    const printed = new Set<number>();
    if (differences === undefined && output.length > 0) {
      await writeOutputs(results, output, (_, ordinal) => printed.add(ordinal));
    }
    const expected: Record<string, Json> = differences === undefined
      ? {}
      : { matched: differences === "", differences };
    console.log(JSON.stringify({
      function: this.#name,
      results: results.items.map(({ value, type }, ordinal) =>
        toJson(value, output.length === 0 || printed.has(ordinal), type)
      ),
      milliseconds,
      ...expected,
    }));
  }
}
