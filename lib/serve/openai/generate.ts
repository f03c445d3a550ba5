import type {
  GeneratedToken,
  GenerateOptions,
  Generation,
} from "../../language/mod.ts";
import { IreeError } from "../../base/error.ts";
import { EventStream } from "./event_stream.ts";
import { openAiFailure } from "./failure_body.ts";
import { OpenAiError } from "./fields.ts";
import { type AnswerFormat, reasonOf, usageOf } from "./formats.ts";
import type { ServedLanguageModel } from "./language_models.ts";

/** What is generated. */
export interface Prepared {
  readonly served: ServedLanguageModel;
  /** The field of the request that has the prompts. */
  readonly field: "messages" | "prompt";
  readonly prompts: readonly (string | number[])[];
  readonly options: GenerateOptions;
  readonly format: AnswerFormat;
}

/** Generates answers, and returns the body of the response. */
export async function generateWhole(
  prepared: Prepared,
  signal: AbortSignal,
): Promise<object> {
  const { served, format } = prepared;
  const generations = begin(prepared, signal);
  const choices = await served.places.use(async () => {
    const choices: object[] = [];
    for (const [index, generation] of generations.entries()) {
      const tokens = await Array.fromAsync(generation);
      const reason = reasonOf(generation.finishReason);
      choices.push(format.choice(index, tokens, reason));
    }
    return choices;
  }, signal);
  return format.body(false, choices, usageOf(generations));
}

/**
 * Generates answers, and sends each token as an event. Failures before the first
 * token are those of the response; later ones are sent as an event.
 *
 * @param prepared What is generated.
 * @param hasUsage Whether the counts of tokens follow.
 * @param request Its signal, the milliseconds in which the client must accept a
 * part, and what is called at the end.
 */
export async function streamAnswer(
  prepared: Prepared,
  hasUsage: boolean,
  { signal, timeout, onEnd }: {
    readonly signal: AbortSignal;
    readonly timeout: number;
    readonly onEnd: () => void;
  },
): Promise<Response> {
  const events = new EventStream(timeout);
  const either = AbortSignal.any([signal, events.gone]);
  const generations = begin(prepared, either);
  const started = Promise.withResolvers<void>();
  let isStarted = false;
  const run = async () => {
    for (const [index, generation] of generations.entries()) {
      await sendParts(generation, index, prepared.format, async (body) => {
        isStarted = true;
        started.resolve();
        await events.send(body);
      });
    }
    if (hasUsage) {
      await events.send(prepared.format.body(true, [], usageOf(generations)));
    }
    await events.send("[DONE]");
    events.close();
  };
  prepared.served.places.use(run, either).catch(async (error) => {
    if (!isStarted) return started.reject(error);
    await events.send(openAiFailure(error).body);
    events.close();
  }).catch(() => {}).finally(onEnd);
  await started.promise;
  return new Response(events.body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    },
  });
}

async function sendParts(
  generation: Generation,
  index: number,
  format: AnswerFormat,
  send: (body: object) => Promise<void>,
): Promise<void> {
  let isFirst = true;
  for await (const token of generation) {
    const head = isFirst ? format.begin(index) : undefined;
    isFirst = false;
    if (head !== undefined) await send(format.body(true, [head]));
    if (isWorthSending(token)) {
      await send(format.body(true, [format.part(index, token)]));
    }
  }
  const reason = reasonOf(generation.finishReason);
  await send(format.body(true, [format.end(index, reason)]));
}

// Tokens without text, such as parts of a character, have nothing to show.
function isWorthSending({ text, logProbability }: GeneratedToken): boolean {
  return text !== "" || logProbability !== undefined;
}

function begin(
  { served: { model }, field, prompts, options }: Prepared,
  signal: AbortSignal,
): Generation[] {
  return prompts.map((prompt) => {
    try {
      const generation = model.generate(prompt, { ...options, signal });
      const { promptTokens } = generation;
      if (promptTokens <= model.contextLength) return generation;
      throw new OpenAiError(
        400,
        `This model's maximum context length is ${model.contextLength} ` +
          `tokens. However, your ${field} resulted in ${promptTokens} tokens.`,
        field,
        "context_length_exceeded",
      );
    } catch (error) {
      const isWrong = error instanceof IreeError &&
        (error.code === "OUT_OF_RANGE" || error.code === "INVALID_ARGUMENT");
      if (!isWrong || error instanceof OpenAiError) throw error;
      throw new OpenAiError(400, error.detail);
    }
  });
}
