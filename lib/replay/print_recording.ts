import type { Bytes } from "../../ffi/base/typed_array.ts";
import { printRecording } from "../../ffi/replay.ts";
import { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { withSource } from "../files/named_source.ts";

/** A text that a failure may have cut short. */
export interface PartialDump {
  /** The text in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The failure. */
  readonly failure: Error | undefined;
}

/**
 * Prints a recording as IREE's `iree-dump-replay` does.
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @param isJson Whether as a JSON object per line.
 * @param library Path of the runtime's library.
 * @returns The text, and the failure that ended it. Throws NOT_FOUND if the file
 * cannot be opened.
 */
export function printReplay(
  source: string | URL | Bytes,
  isJson: boolean,
  library?: string | URL,
): PartialDump {
  using instance = Instance.open({ library });
  return withSource(
    source,
    (file) =>
      printRecording(handleOf(instance), file.read(0, file.byteLength), isJson),
  );
}
