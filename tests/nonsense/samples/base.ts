import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/base`. */
export const BASE_SAMPLES: Samples = {
  "new IreeError": () => [
    "UNKNOWN",
    "detail",
    options({ hint: "h", status: "s" }),
  ],
  "IreeError.prototype.withHint": () => ["hint"],
  "Instance.open": () => [options({ library: undefined, bindAll: false })],
  "Instance.prototype.hasType": () => ["hal.buffer_view"],
  "runtime.installationFolder": () => [],
  "runtime.findLibrary": () => ["/nonsense.so"],
  "runtime.version": () => [undefined],
  "runtime.traceObjects": () => [],
  "runtime.liveObjects": () => [],
};
