import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/replay`. */
export const REPLAY_SAMPLES: Samples = {
  "Recording.begin": (it) => [
    it.instance,
    "another",
    options({ files: "fail", fileValidation: "digest" }),
  ],
  "Recording.prototype.wrap": (it) => [[it.device]],
  "Recording.prototype.scope": () => ["name", () => 1],
  "Recording.prototype.end": () => [],
  "Replay.open": (it) => [
    it.instance,
    "recorded",
    options({
      remap: { "/here": "/there" },
      executables: [
        options({
          executable: 1,
          format: "format",
          source: new Uint8Array(4),
        }),
      ],
    }),
  ],
  "Replay.prototype.run": (it) => [[it.device], options({ scope: "" })],
  "dumpReplay": () => ["recorded", options({ format: "jsonl" })],
};
