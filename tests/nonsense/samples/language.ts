import { options, requestOptions, type Samples } from "./options.ts";

const MESSAGES = [{ role: "user", content: "text" }];

function sessionOptions(): object {
  return options({ contextLength: 8, onFull: "error", keep: 1 });
}

function generateOptions(): object {
  return options({
    maxTokens: 1,
    stop: "stop",
    ignoreEnd: true,
    json: false,
    logProbabilities: 1,
    temperature: 1,
    topK: 4,
    topP: 0.5,
    minP: 0.1,
    repetitionPenalty: 1,
    seed: 1,
    logitBias: { 1: 1 },
  });
}

/** Arguments of the functions of `lib/language`. */
export const LANGUAGE_SAMPLES: Samples = {
  "LanguageModel.load": () => [
    "missing.gguf",
    options({
      weights: "f32",
      contextLength: 8,
      chunk: 1,
      batch: 1,
      device: "local-sync",
      tune: options({ seconds: 1, compileSeconds: 1, workers: 1 }),
    }),
  ],
  "LanguageModel.prototype.session": () => [sessionOptions()],
  "LanguageModel.prototype.tokenize": () => ["text"],
  "LanguageModel.prototype.countTokens": () => ["text"],
  "LanguageModel.prototype.generate": () => [[1, 2], generateOptions()],
  "LanguageModel.prototype.continue": (it) => [
    it.session,
    [1, 2],
    generateOptions(),
  ],
  "LanguageModel.prototype.chat": () => [MESSAGES, generateOptions()],
  "LanguageModel.prototype.chatSession": () => [
    options({ messages: MESSAGES, contextLength: 8 }),
  ],
  "LanguageModel.prototype.chatPrompt": () => [
    MESSAGES,
    options({ template: "" }),
  ],
  "LanguageModel.prototype.embed": () => [[1, 2], requestOptions()],
  "LanguageSession.prototype.append": () => [[1, 2], requestOptions()],
  "LanguageSession.prototype.fork": () => [],
  "LanguageSession.prototype.truncate": () => [0],
  "ChatSession.prototype.send": () => ["text", generateOptions()],
  "Generation.prototype.text": () => [],
};
