import type { Handle } from "../../ffi/ownership/handle.ts";
import {
  addSpan,
  beginCapture,
  captureBundle,
  type CaptureOptions as NativeOptions,
  captureTime,
  endCapture,
  flushCapture,
} from "../../ffi/profile.ts";
import { isFunction, mustBe, toText } from "../base/checks.ts";
import { during } from "../base/during.ts";
import { IreeError } from "../base/error.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import type { Device } from "../hal/device.ts";
import { groupOf } from "../hal/device_group.ts";
import {
  type CaptureOptions,
  DEFAULT_FAMILIES,
  familyBits,
  readCaptureOptions,
} from "./capture_options.ts";

/**
 * Captures what devices execute, and what the host does meanwhile: calls, waits
 * and copies, on all threads of the process.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { Device, Instance } from "@iree/runtime";
 * import { ProfileCapture, reportProfile } from "@iree/runtime/profile";
 *
 * using instance = Instance.open();
 * const devices = Device.createGroup(instance, ["local-sync"]);
 * using capture = ProfileCapture.begin(devices);
 * const bundle = capture.end();
 * assert(reportProfile(bundle, "summary").includes("session_begin=1"));
 * for (const device of devices) device.dispose();
 * ```
 */
export class ProfileCapture extends NativeObject {
  /**
   * Begins a capture.
   *
   * @param devices All devices of a group, such as `program.devices`.
   * @param options What is captured.
   * @returns The capture; throws UNIMPLEMENTED if a device cannot record the
   * families that were asked for, and FAILED_PRECONDITION while another capture
   * of a device runs.
   */
  static begin(
    devices: readonly Device[],
    options?: CaptureOptions,
  ): ProfileCapture {
    const group = groupOf(devices);
    const [families, native] = readCaptureOptions(options);
    return new ProfileCapture(
      families === undefined
        ? beginWithDefaults(group, native)
        : beginCapture(group, native),
    );
  }

  /** Makes devices write what they have recorded so far into the bundle. */
  flush(): void {
    flushCapture(handleOf(this));
  }

  /**
   * Names a span of time, such as the work before a call.
   *
   * @typeParam Result What the work returns.
   * @param name The name.
   * @param work The work; a promise ends the span when it is settled.
   * @returns What the work returns.
   */
  span<Result>(name: string, work: () => Result): Result {
    const handle = handleOf(this);
    toText("name", name);
    if (!isFunction(work)) throw mustBe("work", "a function", work);
    const start = captureTime();
    return during(
      handle,
      work,
      () => addSpan(handle, name, start, captureTime()),
    );
  }

  /**
   * Ends the capture.
   *
   * @returns The profile bundle, which `reportProfile`, `renderProfile` and IREE's
   * `iree-profile` read.
   */
  end(): Uint8Array<ArrayBuffer> {
    const handle = handleOf(this);
    endCapture(handle);
    return captureBundle(handle);
  }
}

function beginWithDefaults(group: Handle, native: NativeOptions): Handle {
  for (const families of DEFAULT_FAMILIES) {
    try {
      return beginCapture(group, { ...native, families: familyBits(families) });
    } catch (error) {
      const isLess = error instanceof IreeError &&
        error.code === "UNIMPLEMENTED" && families.length > 0;
      if (!isLess) throw error;
    }
  }
  throw new IreeError("UNIMPLEMENTED", "devices record nothing");
}
