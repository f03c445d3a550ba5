/**
 * From a text to a result: tokenizes reviews, and classifies them with a model.
 *
 *     main.ts FOLDER TEXT…
 *
 * where FOLDER has `tokenizer.json` and `classifier.onnx`.
 *
 * @module
 */

import { loadModel } from "@iree/runtime/compiler";
import { Tokenizer } from "@iree/runtime/tokenizer";

const [folder, ...texts] = Deno.args;

using tokenizer = Tokenizer.fromFile(`${folder}/tokenizer.json`);
using program = await loadModel(`${folder}/classifier.onnx`, {
  device: "local-sync",
});

// The file says that texts are cut or filled up to the model's 16 tokens.
for (const text of texts) {
  const { ids, attentionMask } = tokenizer.encode(text);
  const { scores } = await program.run({
    input_ids: [Array.from(ids)],
    attention_mask: [Array.from(attentionMask)],
  });
  const good = (scores.data as Float32Array)[1];
  console.log(`${(100 * good).toFixed(0)} % good: ${text}`);
}
