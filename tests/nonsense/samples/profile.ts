import { captureOptions, options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/profile`. */
export const PROFILE_SAMPLES: Samples = {
  "ProfileCapture.begin": (it) => [[it.device], captureOptions()],
  "ProfileCapture.prototype.flush": () => [],
  "ProfileCapture.prototype.span": () => ["name", () => 1],
  "ProfileCapture.prototype.end": () => [],
  "reportProfile": (it) => [
    it.bundle,
    "dispatch",
    options({
      format: "jsonl",
      filter: "*",
      id: 1,
      dispatchEvents: true,
    }),
  ],
  "readTimeline": (it) => [it.bundle],
  "renderProfile": (it) => [it.bundle],
  "formatTrace": (it) => [it.bundle],
};
