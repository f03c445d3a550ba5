import {
  beginRecording,
  endRecording,
  markScope,
  wrapDevices,
} from "../../ffi/replay.ts";
import { isFunction, mustBe, toName, toText } from "../base/checks.ts";
import { during } from "../base/during.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { toPath, writablePath } from "../base/permissions.ts";
import type { Device } from "../hal/device.ts";
import { groupOf } from "../hal/device_group.ts";
import { devicesOfGroup } from "../hal/device.ts";

/** How files are recorded that programs read, such as parameters. */
export type RecordedFiles =
  | "reference"
  | "capture-ranges"
  | "capture-all"
  | "fail";

/** In the order of IREE's `recorder.h`. */
const FILE_POLICIES: readonly RecordedFiles[] = [
  "reference",
  "capture-ranges",
  "capture-all",
  "fail",
];

/** What a recording contains. */
export interface RecordingOptions {
  /**
   * How files are recorded that programs read: by their paths, with the bytes
   * that are read, or whole; `fail` rejects them.
   *
   * @default {"reference"}
   */
  files?: RecordedFiles | undefined;
  /**
   * How a replay recognizes files: by the file system's data about them, or by
   * their contents, which takes longer.
   *
   * @default {"identity"}
   */
  fileValidation?: "identity" | "digest" | undefined;
}

const OPTIONS: OptionNames<RecordingOptions> = {
  files: true,
  fileValidation: true,
};

/**
 * Records what programs ask of devices into a file, which `Replay` and IREE's
 * `iree-run-replay` repeat without the program.
 *
 * @example
 * ```ts ignore
 * import { Device, Instance, load } from "@iree/runtime";
 * import { Recording } from "@iree/runtime/replay";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using recording = Recording.begin(instance, "mul.ireereplay");
 * const devices = recording.wrap([device]);
 * {
 *   using program = load("mul.vmfb", { device: devices });
 *   recording.scope("execute", () => program.compute("mul", [1, 2, 3, 4], 2));
 * }
 * for (const it of devices) it.dispose();
 * recording.end();
 * ```
 */
export class Recording extends NativeObject {
  /**
   * Begins a recording.
   *
   * @param instance The instance.
   * @param path Path or `file:` URL of the file to write.
   * @param options What it contains.
   * @returns The recording. Throws `NotCapable` like Deno without
   * `--allow-write` for the file.
   */
  static begin(
    instance: Instance,
    path: string | URL,
    options?: RecordingOptions,
  ): Recording {
    const handle = handleOf(instance);
    const { files = "reference", fileValidation = "identity" } = readOptions(
      options,
      OPTIONS,
    );
    toName("files", files, FILE_POLICIES);
    toName("fileValidation", fileValidation, ["identity", "digest"]);
    return new Recording(
      beginRecording(
        handle,
        writablePath(toPath(path)),
        FILE_POLICIES.indexOf(files),
        fileValidation === "digest" ? 1 : 0,
      ),
    );
  }

  /**
   * Creates devices that record what they are asked, and pass it on.
   *
   * @param devices All devices of a group.
   * @returns As many devices, for `load` and tensors. The caller must dispose
   * them; `devices` can be disposed before.
   */
  wrap(devices: readonly Device[]): Device[] {
    const group = wrapDevices(handleOf(this), groupOf(devices));
    return devicesOfGroup(group, devices.map(({ uri }) => uri));
  }

  /**
   * Names the part of the recording that some work makes, for
   * `Replay.run({ scope })`.
   *
   * @typeParam Result What the work returns.
   * @param name The name.
   * @param work The work; a promise ends the part when it is settled.
   * @returns What the work returns.
   */
  scope<Result>(name: string, work: () => Result): Result {
    const handle = handleOf(this);
    toText("name", name);
    if (!isFunction(work)) throw mustBe("work", "a function", work);
    markScope(handle, name, true);
    return during(handle, work, () => markScope(handle, name, false));
  }

  /**
   * Completes the file. Later work of the devices is an error. Throws if part of
   * the recording could not be written.
   */
  end(): void {
    endRecording(handleOf(this));
  }
}
