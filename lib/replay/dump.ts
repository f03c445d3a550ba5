import { decode } from "../../ffi/base/text.ts";
import type { Bytes } from "../../ffi/base/typed_array.ts";
import { toName } from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { printReplay } from "./print_recording.ts";

/** How a recording is printed. */
export interface DumpReplayOptions {
  /**
   * Text for people, or a JSON object per line.
   *
   * @default {"text"}
   */
  format?: "text" | "jsonl" | undefined;
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
}

const OPTIONS: OptionNames<DumpReplayOptions> = { format: true, library: true };

/**
 * Prints a recording as IREE's `iree-dump-replay` does.
 *
 * @example
 * ```ts ignore
 * import { dumpReplay } from "@iree/runtime/replay";
 *
 * console.log(dumpReplay("model.ireereplay"));
 * ```
 *
 * @param source Path or `file:` URL of the recording, `-` for standard input, or
 * the bytes.
 * @param options How it is printed.
 * @returns The text. Throws NOT_FOUND if the file cannot be opened, and DATA_LOSS
 * or INVALID_ARGUMENT if it is damaged.
 */
export function dumpReplay(
  source: string | URL | Bytes,
  options?: DumpReplayOptions,
): string {
  const { format = "text", library } = readOptions(options, OPTIONS);
  toName("format", format, ["text", "jsonl"]);
  const { bytes, failure } = printReplay(source, format === "jsonl", library);
  if (failure !== undefined) throw failure;
  return decode(bytes);
}
