import { Device, type Instance, IreeError } from "../../../mod.ts";
import type { RecordedFiles, Recording } from "../../replay/mod.ts";
import type { FlagValues } from "../common/flags.ts";
import { taskTopologyOf, taskWorkerOf } from "../common/task_flags.ts";
import type { RECORDING_FLAGS } from "./flags.ts";
import type { ProgramFlags } from "./program.ts";

/** Flags for recording a program. */
export type RecordingFlags = ProgramFlags & FlagValues<typeof RECORDING_FLAGS>;

/** Records a program, if flags say so; otherwise it does nothing. */
export class DeviceRecorder implements Disposable {
  private constructor(
    private readonly resources: DisposableStack,
    private readonly recording?: Recording | undefined,
    /** The devices that record; `undefined` for those of the flags. */
    readonly devices?: readonly Device[] | undefined,
  ) {}

  /**
   * Creates the devices that flags name.
   *
   * @param instance The instance.
   * @param flags The flags.
   */
  static async open(
    instance: Instance,
    flags: RecordingFlags,
  ): Promise<DeviceRecorder> {
    if (flags.device_replay_output === undefined) {
      return new DeviceRecorder(new DisposableStack());
    }
    const { Recording } = await import("../../replay/mod.ts");
    using resources = new DisposableStack();
    const recording = resources.use(
      Recording.begin(instance, flags.device_replay_output, {
        files: flags.device_replay_file_policy as RecordedFiles,
        fileValidation: flags.device_replay_file_validation as
          | "identity"
          | "digest",
      }),
    );
    const uris = flags.device.length > 0 ? flags.device : ["local-task"];
    const devices = Device.createGroup(instance, uris, {
      allocators: flags.device_allocator,
      topology: taskTopologyOf(flags),
      worker: taskWorkerOf(flags),
    }).map((it) => resources.use(it));
    const wrapped = recording.wrap(devices).map((it) => resources.use(it));
    return new DeviceRecorder(resources.move(), recording, wrapped);
  }

  /**
   * Names the part of the recording that some work makes.
   *
   * @typeParam Result What the work returns.
   * @param name The name, as IREE's tools use it.
   * @param work The work.
   */
  scope<Result>(name: string, work: () => Result): Result {
    return this.recording === undefined
      ? work()
      : this.recording.scope(name, work);
  }

  /**
   * Fails if there is nothing to record.
   *
   * @param devices The devices of the program.
   */
  demandDevices(devices: readonly Device[]): void {
    if (this.recording === undefined || devices.length > 0) return;
    throw new IreeError(
      "INVALID_ARGUMENT",
      "--device_replay_output requires a module importing the async HAL",
    );
  }

  /** Completes the file. */
  end(): void {
    this.recording?.end();
  }

  [Symbol.dispose](): void {
    this.resources.dispose();
  }
}
