import type { Bytes } from "../../ffi/base/typed_array.ts";
import {
  allowFile,
  createReplay,
  executeReplay,
  type ReplayedFile,
  replayFiles,
  substitute,
} from "../../ffi/replay.ts";
import {
  copyArray,
  isRevoked,
  mustBe,
  toInteger,
  toText,
} from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { readablePath, writablePath } from "../base/permissions.ts";
import { withSource } from "../files/named_source.ts";
import type { Device } from "../hal/device.ts";
import { groupOf } from "../hal/device_group.ts";

/** Code that takes the place of recorded code. */
export interface ReplacedExecutable {
  /** The recorded executable's id, as `dumpReplay` prints it, or `all`. */
  readonly executable: number | "all";
  /** Format of the code, such as `embedded-elf-x86_64`; inferred if left out. */
  readonly format?: string | undefined;
  /** Path or `file:` URL of the code, or the bytes. */
  readonly source: string | URL | Bytes;
}

/** How a recording is replayed. */
export interface ReplayOptions {
  /**
   * Prefixes of recorded paths, and what to write in their place. The longest
   * one counts.
   */
  remap?: Readonly<Record<string, string>> | undefined;
  /** Code that takes the place of recorded code. */
  executables?: readonly ReplacedExecutable[] | undefined;
}

const OPTIONS: OptionNames<ReplayOptions> = { remap: true, executables: true };
const EXECUTABLE: OptionNames<ReplacedExecutable> = {
  executable: true,
  format: true,
  source: true,
};

/** What a run of a replay measures. */
export interface ReplayRunOptions {
  /** The parts whose time counts; left out, everything. */
  scope?: string | undefined;
}

const RUN: OptionNames<ReplayRunOptions> = { scope: true };

/**
 * A recording that can be replayed, as IREE's `iree-run-replay` does.
 *
 * @example
 * ```ts ignore
 * import { Device, Instance } from "@iree/runtime";
 * import { Replay } from "@iree/runtime/replay";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using replay = Replay.open(instance, "mul.ireereplay");
 * console.log(`${replay.run([device])} ms`);
 * ```
 */
export class Replay extends NativeObject {
  /**
   * Reads a recording. It contains code, so replay only what you trust as a
   * program.
   *
   * @param instance The instance.
   * @param source Path or `file:` URL of the recording, `-` for standard input,
   * or the bytes.
   * @param options How it is replayed.
   * @returns The replay. Throws NOT_FOUND if a file cannot be opened, DATA_LOSS
   * or INVALID_ARGUMENT if the recording is damaged, and `NotCapable` like Deno
   * without permission for the files that it opens.
   */
  static open(
    instance: Instance,
    source: string | URL | Bytes,
    options?: ReplayOptions,
  ): Replay {
    const handle = handleOf(instance);
    const { remap = {}, executables = [] } = readOptions(options, OPTIONS);
    const prefixes = readRemap(remap);
    const replaced = copyArray("executables", executables, (it) => {
      readExecutable(it);
    });
    using replay = new DisposableStack();
    const made = replay.use(
      withSource(
        source,
        (file) =>
          new Replay(createReplay(handle, file.read(0, file.byteLength))),
      ),
    );
    for (const it of replaced) replaceExecutable(made, it);
    for (const file of replayFiles(handleOf(made))) {
      allow(made, file, resolve(file.path, prefixes));
    }
    replay.move();
    return made;
  }

  /**
   * Replays the recording on devices.
   *
   * @param devices All devices of a group, as many as were recorded.
   * @param options The parts to measure.
   * @returns The time in milliseconds. Throws the failure of what is replayed,
   * and NOT_FOUND if no part has the scope's name.
   */
  run(devices: readonly Device[], options?: ReplayRunOptions): number {
    const { scope = "" } = readOptions(options, RUN);
    return executeReplay(
      handleOf(this),
      groupOf(devices),
      toText("scope", scope),
    ) / 1e6;
  }
}

function readRemap(
  remap: Readonly<Record<string, string>>,
): (readonly [prefix: string, path: string])[] {
  if (typeof remap !== "object" || remap === null || isRevoked(remap)) {
    throw mustBe("remap", "an object of paths by prefix", remap);
  }
  return Object.entries(remap).map(([prefix, path]) =>
    [prefix, toText(`remap of '${prefix}'`, path)] as const
  );
}

/** The id of an executable, 0 for all, and its code's format and source. */
function readExecutable(
  given: ReplacedExecutable,
): Omit<ReplacedExecutable, "executable"> & { readonly id: number } {
  const { executable, format = "", source } = readOptions(
    given,
    EXECUTABLE,
    "an executable",
  );
  const id = executable === "all"
    ? 0
    : toInteger("executable", executable, 1, Number.MAX_SAFE_INTEGER);
  if (source === undefined) {
    throw mustBe("source", "a path, a URL or bytes", source);
  }
  return { id, format: toText("format", format), source };
}

function replaceExecutable(replay: Replay, given: ReplacedExecutable): void {
  const { id, format = "", source } = readExecutable(given);
  withSource(source, (file, path) =>
    substitute(handleOf(replay), {
      executable: id,
      format,
      source: path ?? "memory",
      bytes: file.read(0, file.byteLength),
    }));
}

/** Replaces the longest matching prefix. */
function resolve(
  path: string,
  prefixes: readonly (readonly [prefix: string, path: string])[],
): string {
  const [longest] = prefixes
    .filter(([prefix]) => prefix !== "" && path.startsWith(prefix))
    .toSorted(([a], [b]) => b.length - a.length);
  return longest === undefined
    ? path
    : longest[1] + path.slice(longest[0].length);
}

function allow(replay: Replay, file: ReplayedFile, path: string): void {
  const readable = readablePath(path);
  allowFile(
    handleOf(replay),
    file.path,
    file.isWritten ? writablePath(path) : readable,
  );
}
