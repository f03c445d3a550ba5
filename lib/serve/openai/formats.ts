import type {
  FinishReason,
  GeneratedToken,
  Generation,
} from "../../language/mod.ts";
import type { ServedLanguageModel } from "./language_models.ts";

/** Why an answer ended, as OpenAI names it. */
export type OpenAiReason = "stop" | "length";

/** How answers of chats, or of completions, are written. */
export interface AnswerFormat {
  /** A choice of a whole answer. */
  choice(
    index: number,
    tokens: readonly GeneratedToken[],
    reason: OpenAiReason,
  ): object;
  /** What precedes the parts of an answer, if anything. */
  begin(index: number): object | undefined;
  /** A choice of a part. */
  part(index: number, token: GeneratedToken): object;
  /** The choice of the last part. */
  end(index: number, reason: OpenAiReason): object;
  /** The whole body of an answer or of a part. */
  body(isPart: boolean, choices: readonly object[], usage?: object): object;
}

/** Returns OpenAI's name of the reason why an answer ended. */
export function reasonOf(reason: FinishReason | undefined): OpenAiReason {
  return reason === "stop" ? "stop" : "length";
}

/** Counts the tokens of answers. */
export function usageOf(generations: readonly Generation[]): object {
  const sum = (count: (generation: Generation) => number) =>
    generations.reduce((total, it) => total + count(it), 0);
  const prompt = sum((it) => it.promptTokens);
  const completion = sum((it) => it.answerTokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}

/**
 * Creates the format of an answer.
 *
 * @param kind What was asked for.
 * @param served The model.
 */
export function answerFormat(
  kind: "chat" | "completion",
  { name, model }: ServedLanguageModel,
): AnswerFormat {
  const prefix = kind === "chat" ? "chatcmpl" : "cmpl";
  const id = `${prefix}-${crypto.randomUUID().replaceAll("-", "")}`;
  const created = Math.floor(Date.now() / 1000);
  const wholeObject = kind === "chat" ? "chat.completion" : "text_completion";
  const partObject = kind === "chat" ? "chat.completion.chunk" : wholeObject;
  const textOf = (token: number) => model.tokenizer.decode([token]);
  const probabilities = (tokens: readonly GeneratedToken[]) =>
    tokens[0]?.logProbability === undefined
      ? null
      : kind === "chat"
      ? { content: tokens.map((it) => chatProbability(it, textOf)) }
      : completionProbabilities(tokens, textOf);
  const common = (index: number, tokens: readonly GeneratedToken[]) => ({
    index,
    logprobs: probabilities(tokens),
  });
  return {
    choice: (index, tokens, reason) => {
      const text = tokens.map((it) => it.text).join("");
      const content = kind === "chat"
        ? { message: { role: "assistant", content: text, refusal: null } }
        : { text };
      return { ...common(index, tokens), ...content, finish_reason: reason };
    },
    begin: (index) =>
      kind === "chat"
        ? {
          ...common(index, []),
          delta: { role: "assistant", content: "" },
          finish_reason: null,
        }
        : undefined,
    part: (index, token) => ({
      ...common(index, [token]),
      ...(kind === "chat"
        ? { delta: { content: token.text } }
        : { text: token.text }),
      finish_reason: null,
    }),
    end: (index, reason) => ({
      ...common(index, []),
      ...(kind === "chat" ? { delta: {} } : { text: "" }),
      finish_reason: reason,
    }),
    body: (isPart, choices, usage) => ({
      id,
      object: isPart ? partObject : wholeObject,
      created,
      model: name,
      choices,
      ...(usage === undefined ? {} : { usage }),
    }),
  };
}

function chatProbability(
  { token, logProbability, alternatives = [] }: GeneratedToken,
  textOf: (token: number) => string,
): object {
  const describe = (token: number, logprob: number) => {
    const text = textOf(token);
    return { token: text, logprob, bytes: [...new TextEncoder().encode(text)] };
  };
  return {
    ...describe(token, logProbability!),
    top_logprobs: alternatives.map((it) =>
      describe(it.token, it.logProbability)
    ),
  };
}

function completionProbabilities(
  tokens: readonly GeneratedToken[],
  textOf: (token: number) => string,
): object {
  let offset = 0;
  return {
    tokens: tokens.map(({ token }) => textOf(token)),
    token_logprobs: tokens.map(({ logProbability }) => logProbability),
    top_logprobs: tokens.map(({ alternatives = [] }) =>
      Object.fromEntries(
        alternatives.map((it) => [textOf(it.token), it.logProbability]),
      )
    ),
    text_offset: tokens.map(({ text }) => {
      offset += text.length;
      return offset - text.length;
    }),
  };
}
