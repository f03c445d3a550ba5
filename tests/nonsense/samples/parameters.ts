import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/parameters`. */
export const PARAMETERS_SAMPLES: Samples = {
  "ParameterIndex.create": (it) => [it.instance],
  "ParameterIndex.fromFile": (it) => [
    it.instance,
    "weights.irpa",
    options({ mode: "file" }),
  ],
  "ParameterIndex.prototype.has": () => ["key"],
  "ParameterIndex.prototype.lookup": () => ["key"],
  "ParameterIndex.prototype.addFile": () => [
    "weights.irpa",
    options({ mode: "file" }),
  ],
  "ParameterIndex.prototype.addData": () => [
    "new",
    new Uint8Array(4),
    options({ metadata: new Uint8Array(1) }),
  ],
  "ParameterIndex.prototype.addSplat": () => [
    "new",
    4,
    new Uint8Array(2),
    options({ metadata: new Uint8Array(1) }),
  ],
  "ParameterIndex.prototype.addFrom": (it) => [it.source, "other", "new"],
  "ParameterIndex.prototype.read": () => [
    "key",
    options({ offset: 1, length: 2 }),
  ],
  "ParameterIndex.prototype.writeArchive": () => [
    "archive.irpa",
    options({ alignment: 64, expand: [], onProgress: () => {} }),
  ],
  "ParameterIndex.prototype.writeArchiveAsync": () => [
    "archive.irpa",
    options({
      alignment: 64,
      expand: [],
      onProgress: () => {},
      signal: new AbortController().signal,
    }),
  ],
  "ParametersModule.create": (it) => [
    it.instance,
    [{ scope: "model", index: it.index }],
  ],
  "indexParameterFiles": (it) => [
    it.instance,
    ["weights.irpa"],
    options({ mode: "file" }),
  ],
};
