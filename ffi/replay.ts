/**
 * Recordings of what programs ask of devices, and their replay.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { toBigint } from "./base/intrinsics.ts";
import { toSafeNumber } from "./base/record.ts";
import { encodeName, encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { type PartialText, takeText } from "./buffer.ts";
import { native } from "./library/library.ts";
import { check, readRecord } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/**
 * Starts a recording.
 *
 * @param instance The instance.
 * @param path The file to write.
 * @param filePolicy How files that programs read are recorded, as in IREE's
 * `recorder.h`.
 * @param fileValidation How they are recognized, likewise.
 */
export function beginRecording(
  instance: Handle,
  path: NativePath,
  filePolicy: number,
  fileValidation: number,
): Handle {
  const bytes = encodeName(path, "the path");
  return own(
    Kind.recording,
    native.iree_ffi_recording_begin(
      bytes,
      lengthOf(bytes),
      filePolicy,
      fileValidation,
    ),
    instance,
  );
}

/** Creates devices that record what they are asked. */
export function wrapDevices(recording: Handle, devices: Handle): Handle {
  const wrapped = own(
    Kind.deviceGroup,
    native.iree_ffi_recording_wrap(
      recording.pointer(Kind.recording),
      devices.pointer(Kind.deviceGroup),
    ),
    devices.instance,
  );
  wrapped.hold([devices]);
  return wrapped;
}

/** Records the beginning or the end of a named part. */
export function markScope(
  recording: Handle,
  name: string,
  isBegin: boolean,
): void {
  const bytes = encodeText(name, "the name of a scope");
  check(
    native.iree_ffi_recording_scope(
      recording.pointer(Kind.recording),
      bytes,
      lengthOf(bytes),
      isBegin ? 1 : 0,
    ),
  );
}

/** Completes the file of a recording. */
export function endRecording(recording: Handle): void {
  check(native.iree_ffi_recording_end(recording.pointer(Kind.recording)));
}

/**
 * Prints a recording.
 *
 * @param instance The instance.
 * @param recording The recording's bytes.
 * @param isJson Whether as a JSON object per line.
 */
export function printRecording(
  instance: Handle,
  recording: Bytes,
  isJson: boolean,
): PartialText {
  const bytes = bytesOf(recording, "a recording");
  return takeText(instance, (code) =>
    native.iree_ffi_replay_dump(
      bytes,
      toBigint(lengthOf(bytes)),
      isJson ? 1 : 0,
      code,
    ));
}

/** Prepares a recording to be replayed. */
export function createReplay(instance: Handle, recording: Bytes): Handle {
  const bytes = bytesOf(recording, "a recording");
  return own(
    Kind.replay,
    native.iree_ffi_replay_create(bytes, toBigint(lengthOf(bytes))),
    instance,
  );
}

/** A file that a replay opens. */
export interface ReplayedFile {
  readonly path: string;
  readonly isWritten: boolean;
}

/** Lists the files that a replay opens. */
export function replayFiles(replay: Handle): ReplayedFile[] {
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_replay_files(replay.pointer(Kind.replay), buffer, capacity)
  );
  return reader.list(() => ({
    path: reader.string(),
    isWritten: reader.u32() !== 0,
  }));
}

/** Allows a replay to open a file where a recorded one was opened. */
export function allowFile(
  replay: Handle,
  recorded: string,
  path: NativePath,
): void {
  const recordedBytes = encodeName(recorded, "the path");
  const bytes = encodeName(path, "the path");
  check(
    native.iree_ffi_replay_allow(
      replay.pointer(Kind.replay),
      recordedBytes,
      lengthOf(recordedBytes),
      bytes,
      lengthOf(bytes),
    ),
  );
}

/** Code that takes the place of recorded code. */
export interface Substitution {
  /** Id of the recorded executable; 0 for all. */
  readonly executable: number;
  /** Empty to infer it. */
  readonly format: string;
  /** Named in messages. */
  readonly source: string;
  readonly bytes: Bytes;
}

/** Replaces recorded code. */
export function substitute(replay: Handle, substitution: Substitution): void {
  const { executable, format, source } = substitution;
  const formatBytes = encodeText(format, "the format");
  const sourceBytes = encodeText(source, "the source");
  const bytes = bytesOf(substitution.bytes, "an executable");
  check(
    native.iree_ffi_replay_substitute(
      replay.pointer(Kind.replay),
      toBigint(executable),
      formatBytes,
      lengthOf(formatBytes),
      sourceBytes,
      lengthOf(sourceBytes),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
  );
}

/**
 * Replays a recording.
 *
 * @param replay The replay.
 * @param devices A device group.
 * @param scope The parts to time; empty for all.
 * @returns Nanoseconds.
 */
export function executeReplay(
  replay: Handle,
  devices: Handle,
  scope: string,
): number {
  const bytes = encodeText(scope, "the name of a scope");
  const nanoseconds = new BigUint64Array(1);
  check(
    native.iree_ffi_replay_execute(
      replay.pointer(Kind.replay),
      devices.pointer(Kind.deviceGroup),
      bytes,
      lengthOf(bytes),
      nanoseconds,
    ),
  );
  return toSafeNumber(nanoseconds[0]!);
}
