/**
 * Language models: from a GGUF file or a folder of Hugging Face to streamed text.
 *
 * @example
 * ```ts ignore needs a file
 * import { LanguageModel } from "@iree/runtime/language";
 *
 * using model = await LanguageModel.load("model.gguf");
 * const messages = [{ role: "user", content: "Why is the sky blue?" }];
 * for await (const { text } of await model.chat(messages)) console.log(text);
 * ```
 *
 * @module
 */

export type { ChatMessage, ChatOptions, ChatTemplate } from "./chat.ts";
export { ChatSession, type ChatSessionOptions } from "./chat_session.ts";
export type {
  Configuration,
  RotationOptions,
  RotationScaling,
  WeightType,
} from "./configuration.ts";
export {
  type FinishReason,
  type GeneratedToken,
  type GenerateOptions,
  Generation,
  type GenerationTiming,
} from "./generation.ts";
export {
  type EmbedOptions,
  LanguageModel,
  type Prompt,
} from "./language_model.ts";
export type { JsonSchema } from "./json_schema.ts";
export type { LanguageModelOptions, LoadProgress } from "./load_options.ts";
export type { TokenProbability } from "./log_probabilities.ts";
export type { SamplingOptions } from "./sampling_options.ts";
export {
  type AppendOptions,
  type FullContext,
  LanguageSession,
  type SessionOptions,
} from "./session.ts";
