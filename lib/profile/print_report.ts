import type { Bytes } from "../../ffi/base/typed_array.ts";
import { printReport } from "../../ffi/profile.ts";
import { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { withSource } from "../files/named_source.ts";

/** What to print about a bundle, with the texts of `iree-profile`'s flags. */
export interface PrintedReport {
  /** The command; empty for the guide, which needs no bundle. */
  readonly command: string;
  readonly format: string;
  readonly filter?: string | undefined;
  readonly output?: string | undefined;
  readonly rocmLibraryPath?: string | undefined;
  /** `undefined` for any. */
  readonly id?: number | undefined;
  readonly dispatchEvents?: boolean | undefined;
  readonly counterSamples?: boolean | undefined;
}

/** A text that a failure may have cut short. */
export interface PartialReport {
  /** The text in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The failure. */
  readonly failure: Error | undefined;
}

/**
 * Prints a report about a profile bundle as IREE's `iree-profile` does.
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @param report What to print.
 * @param library Path of the runtime's library.
 * @returns The text, and the failure that ended it. Throws NOT_FOUND if the file
 * cannot be opened.
 */
export function printProfile(
  source: string | URL | Bytes,
  report: PrintedReport,
  library?: string | URL,
): PartialReport {
  using instance = Instance.open({ library });
  return withSource(
    source,
    (file) =>
      printReport(
        handleOf(instance),
        file.read(0, file.byteLength),
        {
          command: report.command,
          format: report.format,
          filter: report.filter ?? "*",
          output: report.output ?? "-",
          rocmLibraryPath: report.rocmLibraryPath ?? "",
          id: report.id ?? -1,
          dispatchEvents: report.dispatchEvents ?? false,
          counterSamples: report.counterSamples ?? false,
        },
      ),
  );
}
