import { type Device, IreeError } from "../../../mod.ts";
import type { CaptureOptions, ProfileCapture } from "../../profile/mod.ts";
import type { FlagOf } from "./flags.ts";
import { writeBytes } from "./write_file.ts";

/** The flag `--profile` of commands that run programs. */
export const CAPTURE_FLAGS: { readonly profile: FlagOf<"text"> } = {
  profile: {
    kind: "text",
    value: "FILE",
    default: "",
    help: [
      "Captures what devices execute and what the host does meanwhile, for",
      "`iree profile FILE`.",
    ],
  },
};

/** Captures a profile, if a flag says so; otherwise it does nothing. */
export class Capturer implements Disposable {
  private constructor(
    private readonly path = "",
    private readonly capture?: ProfileCapture,
  ) {}

  /**
   * Begins.
   *
   * @param devices The devices of a program.
   * @param path The file to write; `undefined` for none.
   * @param options What is captured.
   */
  static async begin(
    devices: readonly Device[],
    path: string | undefined,
    options?: CaptureOptions,
  ): Promise<Capturer> {
    if (path === undefined) return new Capturer();
    if (devices.length === 0) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        "nothing to profile: the program uses no device",
      );
    }
    const { ProfileCapture } = await import("../../profile/mod.ts");
    return new Capturer(path, ProfileCapture.begin(devices, options));
  }

  /** Ends the capture and writes the file. */
  async end(): Promise<void> {
    if (this.capture === undefined) return;
    await writeBytes(this.path, this.capture.end());
  }

  [Symbol.dispose](): void {
    this.capture?.dispose();
  }
}
