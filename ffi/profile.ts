/**
 * Captures of what devices and the host do, and reports about them.
 *
 * @module
 */

import { toBigint } from "./base/intrinsics.ts";
import { concatenate, packStrings } from "./base/record.ts";
import { encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { type PartialText, takeBytes, takeText } from "./buffer.ts";
import { native } from "./library/library.ts";
import { check } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** What a capture records; numbers are those of IREE's `profile_options.h`. */
export interface CaptureOptions {
  /** Data families; 0 for the cheapest statistics. */
  readonly families: number;
  readonly filterFlags: number;
  readonly commandBuffer: number;
  readonly command: number;
  readonly device: number;
  readonly queue: number;
  /** Milliseconds between flushes; 0 for none. */
  readonly flushInterval: number;
  /** Whether to record the VM's operations. */
  readonly traceExecution: boolean;
  readonly functionPattern: string;
  readonly counters: readonly string[];
}

/** Starts a capture of all devices of a group. */
export function beginCapture(devices: Handle, options: CaptureOptions): Handle {
  const record = packCapture(options);
  const capture = own(
    Kind.profiling,
    native.iree_ffi_profiling_capture(
      devices.pointer(Kind.deviceGroup),
      record,
      lengthOf(record),
    ),
    devices.instance,
  );
  capture.hold([devices]);
  return capture;
}

const U32 = 2 ** 32;

function packCapture(options: CaptureOptions): Uint8Array<ArrayBuffer> {
  const numbers = new Uint32Array([
    options.families,
    options.filterFlags,
    options.commandBuffer % U32,
    Math.floor(options.commandBuffer / U32),
    options.command,
    options.device,
    options.queue,
    options.flushInterval,
    options.traceExecution ? 1 : 0,
  ]);
  const pattern = encodeText(options.functionPattern, "a pattern");
  const counters = options.counters.map((it) => encodeText(it, "a counter"));
  return concatenate([
    new Uint8Array(numbers.buffer),
    new Uint8Array(new Uint32Array([lengthOf(pattern)]).buffer),
    pattern,
    packStrings(counters.length, counters),
  ]);
}

/** Writes what devices have recorded so far into the bundle. */
export function flushCapture(capture: Handle): void {
  check(native.iree_ffi_profiling_flush(capture.pointer(Kind.profiling)));
}

/** Ends a capture. */
export function endCapture(capture: Handle): void {
  check(native.iree_ffi_profiling_end(capture.pointer(Kind.profiling)));
}

/** Returns the profile bundle of a capture that has ended. */
export function captureBundle(capture: Handle): Uint8Array<ArrayBuffer> {
  return takeBytes(
    native.iree_ffi_profiling_bundle(capture.pointer(Kind.profiling)),
    capture.instance,
  );
}

/** The clock of captures, in nanoseconds. */
export function captureTime(): bigint {
  return native.iree_ffi_time_now();
}

/** Adds a named span of time to a running capture. */
export function addSpan(
  capture: Handle,
  name: string,
  start: bigint,
  end: bigint,
): void {
  const bytes = encodeText(name, "the name of a span");
  native.iree_ffi_profiling_span(
    capture.pointer(Kind.profiling),
    bytes,
    lengthOf(bytes),
    start,
    end,
  );
}

/** What to print about a bundle; texts are those of `iree-profile`'s flags. */
export interface ReportOptions {
  /** The command; empty for the guide. */
  readonly command: string;
  readonly format: string;
  readonly filter: string;
  readonly output: string;
  readonly rocmLibraryPath: string;
  readonly id: number;
  readonly dispatchEvents: boolean;
  readonly counterSamples: boolean;
}

const DISPATCH_EVENTS = 1;
const COUNTER_SAMPLES = 2;

/**
 * Prints a report about a profile bundle.
 *
 * @param instance The instance.
 * @param bundle The bundle.
 * @param options What to print.
 * @returns The text, and the failure that ended it.
 */
export function printReport(
  instance: Handle,
  bundle: Bytes,
  options: ReportOptions,
): PartialText {
  const bytes = bytesOf(bundle, "a profile bundle");
  const { command, format, filter, output, rocmLibraryPath } = options;
  const texts = [command, format, filter, output, rocmLibraryPath]
    .map((it) => encodeText(it, "an option"));
  // The strings of a list follow its count.
  const record = packStrings(0, texts).subarray(4);
  const flags = (options.dispatchEvents ? DISPATCH_EVENTS : 0) |
    (options.counterSamples ? COUNTER_SAMPLES : 0);
  return takeText(instance, (code) =>
    native.iree_ffi_profile_report(
      bytes,
      toBigint(lengthOf(bytes)),
      record,
      lengthOf(record),
      toBigint(options.id),
      flags,
      code,
    ));
}
