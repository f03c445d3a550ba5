import { LanguageModel, type WeightType } from "../../language/mod.ts";
import { Progress } from "../common/progress.ts";
import { PhaseLine } from "../common/phase_line.ts";
import type { ChatFlags } from "./flags.ts";

/** Loads a model, and shows how far it is on a terminal. */
export async function loadForChat(
  path: string,
  flags: ChatFlags,
): Promise<LanguageModel> {
  using shown = new DisposableStack();
  let progress: Progress | undefined;
  let line: PhaseLine | undefined;
  return await LanguageModel.load(path, {
    // The flag has its names.
    weights: flags.weights as WeightType | undefined,
    contextLength: flags.context_length,
    device: flags.device,
    tune: flags.tune,
    onProgress: ({ phase, written, total }) => {
      if (phase === "convert") {
        progress ??= shown.use(new Progress("converting weights"));
        progress.show(written, total);
      } else {
        progress?.[Symbol.dispose]();
        line ??= shown.use(new PhaseLine("loading the model"));
        if (phase === "tune") line.show("trying compiler flags");
      }
    },
  });
}
