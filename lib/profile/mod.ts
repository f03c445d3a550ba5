/**
 * Profiles: capturing what devices and the host do, and reports about it.
 *
 * @module
 */

export { ProfileCapture } from "./capture.ts";
export type { CaptureOptions, ProfileFamily } from "./capture_options.ts";
export {
  PROFILE_REPORTS,
  type ProfileReportName,
  type ProfileReportOptions,
  reportProfile,
} from "./report.ts";
