import type { OptionNames } from "../../base/options.ts";

/** How a language model is served. */
export interface LanguageModelServing {
  /**
   * How many answers are generated at the same time.
   *
   * @default {4}
   */
  instances?: number | undefined;
  /**
   * How many requests may wait.
   *
   * @default {64}
   */
  maxQueue?: number | undefined;
}

/** Names of the options. */
export const SERVING: OptionNames<LanguageModelServing> = {
  instances: true,
  maxQueue: true,
};
