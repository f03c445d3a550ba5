import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/tuning`. */
export const TUNING_SAMPLES: Samples = {
  "tune": (it) => [
    "missing.mlir",
    options({
      cache: false,
      flags: ["--flag"],
      library: it.fixtures.compiler,
      name: "name",
      signal: new AbortController().signal,
      target: "generic",
      function: "f",
      inputs: [new Float32Array(4), 1],
      load: options({ parameterMode: "file" }),
      seconds: 1,
      compileSeconds: 1,
      workers: 1,
      tolerance: 1,
      recipes: [{ name: "recipe", flags: ["--flag"] }],
      onProgress: () => {},
    }),
  ],
};
