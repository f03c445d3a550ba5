import { readInference } from "./inference_body.ts";
import { RequestSignals } from "./request_signal.ts";
import type { ServedModel } from "./served_model.ts";

/**
 * Runs requests before a model is served, which makes the first ones fast.
 *
 * @param model The model.
 * @param requests Requests for inference, as JSON.
 */
export async function warmUp(
  model: ServedModel,
  requests: readonly object[],
): Promise<void> {
  const signals = new RequestSignals(Infinity);
  for (const request of requests) {
    const body = new TextEncoder().encode(JSON.stringify(request));
    const { inputs } = readInference(model, body, null);
    const ending = signals.watch(new AbortController());
    try {
      await model.runner.run(inputs, ending, () => {});
    } finally {
      ending.release();
    }
  }
}
