/**
 * Arguments with which every function succeeds, by room in `samples/`, and the
 * exceptions.
 *
 * @module
 */

import { isBytes } from "../../ffi/base/typed_array.ts";
import { isArray } from "../../lib/base/checks.ts";
import { BASE_SAMPLES } from "./samples/base.ts";
import { BENCHMARK_SAMPLES } from "./samples/benchmark.ts";
import { CALL_SAMPLES } from "./samples/call.ts";
import { COMPILER_SAMPLES } from "./samples/compiler.ts";
import { HAL_SAMPLES } from "./samples/hal.ts";
import { HOST_SAMPLES } from "./samples/host.ts";
import { INSPECT_SAMPLES } from "./samples/inspect.ts";
import { LANGUAGE_SAMPLES } from "./samples/language.ts";
import { NPY_SAMPLES } from "./samples/npy.ts";
import { PARAMETERS_SAMPLES } from "./samples/parameters.ts";
import { PROFILE_SAMPLES } from "./samples/profile.ts";
import { PROGRAM_SAMPLES } from "./samples/program.ts";
import { REPLAY_SAMPLES } from "./samples/replay.ts";
import { SERVE_SAMPLES } from "./samples/serve.ts";
import { SIGNATURE_SAMPLES } from "./samples/signature.ts";
import { TOKENIZER_SAMPLES } from "./samples/tokenizer.ts";
import { TOOLING_SAMPLES } from "./samples/tooling.ts";
import { TUNING_SAMPLES } from "./samples/tuning.ts";
import { VM_SAMPLES } from "./samples/vm.ts";
import type { Samples } from "./samples/options.ts";

/** Arguments with which a function succeeds, as many as it can take. */
export const SAMPLES: Samples = {
  ...BASE_SAMPLES,
  ...NPY_SAMPLES,
  ...HAL_SAMPLES,
  ...VM_SAMPLES,
  ...PARAMETERS_SAMPLES,
  ...CALL_SAMPLES,
  ...HOST_SAMPLES,
  ...PROGRAM_SAMPLES,
  ...INSPECT_SAMPLES,
  ...SIGNATURE_SAMPLES,
  ...TOOLING_SAMPLES,
  ...BENCHMARK_SAMPLES,
  ...PROFILE_SAMPLES,
  ...REPLAY_SAMPLES,
  ...TOKENIZER_SAMPLES,
  ...COMPILER_SAMPLES,
  ...TUNING_SAMPLES,
  ...LANGUAGE_SAMPLES,
  ...SERVE_SAMPLES,
};

/**
 * Functions that only the package itself calls, with handles that users cannot
 * have.
 */
export const INTERNAL: ReadonlySet<string> = new Set([
  "List.fromHandle",
  "ParametersModule.prototype.findUnreadable",
  "HostType.prototype.register",
  "HostType.prototype.wrap",
  "HostType.prototype.unwrap",
  "HostType.is",
  "LoadedProgram.is",
  "Pool.is",
  "Batcher.prototype.runRaw",
  "Pool.prototype.useUntil",
  "LanguageSession.prototype.states",
  "HostModuleDescription.is",
  "new HostType",
  "new HostModuleDescription",
]);

/**
 * Functions whose sample cannot succeed, and the code of its failure: `mul` is
 * compiled without fences, and compiling takes long.
 */
export const FAILING: ReadonlyMap<string, string> = new Map([
  ["VmFunction.prototype.submit", "UNIMPLEMENTED"],
  ["compile", "NOT_FOUND"],
  ["compileProgram", "NOT_FOUND"],
  ["findOrCompile", "NOT_FOUND"],
  ["Compiler.prototype.compile", "NOT_FOUND"],
  ["Compiler.prototype.compileProgram", "NOT_FOUND"],
  ["loadModel", "NOT_FOUND"],
  ["importOnnx", "NOT_FOUND"],
  ["tune", "NOT_FOUND"],
  ["LanguageModel.load", "NOT_FOUND"],
  // The model has no vocabulary.
  ["LanguageModel.prototype.tokenize", "NOT_FOUND"],
  ["LanguageModel.prototype.countTokens", "NOT_FOUND"],
  ["LanguageModel.prototype.chat", "NOT_FOUND"],
  ["LanguageModel.prototype.chatPrompt", "NOT_FOUND"],
  ["ChatSession.prototype.send", "NOT_FOUND"],
]);

/**
 * Values that a function takes and that do more than it is good for a test:
 * they fill the memory, or end the process.
 */
export function isHarmful(
  name: string,
  path: string,
  value: unknown,
): boolean {
  // The compiler would run in this process, or compile.
  if (/^(?:\d\.)+isolate$/.test(path) && value === false) return true;
  if (/ompile|^tune/.test(name) && path === "0" && isBytes(value)) return true;
  // Formats descriptions that the package made, of any length.
  if (name.startsWith("format") && isArray(value)) return value.length > 1e6;
  const isLarge = typeof value === "number" && value > 1e6;
  if (/^List\.|\.zeros$/.test(name) && isLarge) return true;
  return name === "Watchdog.start" && typeof value === "number" &&
    value > 0 && value < 1000;
}
