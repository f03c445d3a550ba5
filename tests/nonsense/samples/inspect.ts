import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/inspect`. */
export const INSPECT_SAMPLES: Samples = {
  "formatProgramTypes": (it) => [
    it.description,
    options({ package: "@iree/runtime" }),
  ],
  "readExecutables": (it) => [it.fixtures.program],
  "inspect": (it) => [it.fixtures.program],
  "inspectProgram": (it) => [it.fixtures.program],
  "tuningOf": (it) => [it.bytes],
};
