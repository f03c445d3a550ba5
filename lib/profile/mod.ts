/**
 * Profiles: capturing what devices and the host do, and reports about it.
 *
 * @module
 */

export { ProfileCapture } from "./capture.ts";
export type { CaptureOptions, ProfileFamily } from "./capture_options.ts";
export { renderProfile } from "./render_page.ts";
export type { DispatchTotal } from "./dispatch_totals.ts";
export {
  type ProfileOptions,
  readTimeline,
  type Timeline,
  type TimelineMemory,
  type TimelineSpan,
  type TimelineTrack,
} from "./timeline.ts";
export { formatTrace } from "./trace_events.ts";
export {
  PROFILE_REPORTS,
  type ProfileReportName,
  type ProfileReportOptions,
  reportProfile,
} from "./report.ts";
