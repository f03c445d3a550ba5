import type { OptionNames } from "../base/options.ts";
import type { CallOptions } from "../call/call_options.ts";
import type { AnyTypedArray } from "../tensor/element_type.ts";

/** Options for `LoadedProgram.run`. */
export interface RunOptions extends Pick<CallOptions, "signal" | "structures"> {
  /** Name of the function; by default the program's only one. */
  function?: string | undefined;
  /** Arrays that outputs are copied into, by name. */
  into?: Readonly<Record<string, AnyTypedArray>> | undefined;
}

/** The names of the options. */
export const RUN_OPTIONS: OptionNames<RunOptions> = {
  function: true,
  into: true,
  signal: true,
  structures: true,
};
