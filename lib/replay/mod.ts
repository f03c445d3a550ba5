/**
 * Recordings of what programs ask of devices, and their replay without the
 * program.
 *
 * @module
 */

export { dumpReplay, type DumpReplayOptions } from "./dump.ts";
export {
  type RecordedFiles,
  Recording,
  type RecordingOptions,
} from "./recording.ts";
export {
  type ReplacedExecutable,
  Replay,
  type ReplayOptions,
  type ReplayRunOptions,
} from "./replay.ts";
