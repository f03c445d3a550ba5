import { readBody } from "../read_body.ts";
import { RequestError } from "../http_errors.ts";
import { type AnswerFormat, answerFormat } from "./formats.ts";
import { BodyFields, OpenAiError, wrong } from "./fields.ts";
import { generateWhole, type Prepared, streamAnswer } from "./generate.ts";
import type { LanguageModels } from "./language_models.ts";
import {
  type AnswerRequest,
  readAnswerRequest,
  readChatMessages,
  readPrompts,
} from "./request.ts";

/** A request to OpenAI's API, and what it may use. */
export interface OpenAiRequest {
  /** The models. */
  readonly models: LanguageModels;
  /** The request. */
  readonly request: Request;
  /** Its path, which begins with `/v1/`. */
  readonly path: string;
  /** The most bytes of its body. */
  readonly maxBytes: number;
  /** Ends the request. */
  readonly signal: AbortSignal;
  /** Milliseconds in which a client must accept a part of a stream. */
  readonly timeout: number;
  /** Called when a response that is sent in parts has ended. */
  readonly onEnd: () => void;
}

/**
 * Answers a request of OpenAI's API: models, chats, completions and embeddings.
 *
 * @param request The request.
 * @returns The response; whether it has ended already, or calls `onEnd`.
 */
export async function answerOpenAi(
  request: OpenAiRequest,
): Promise<{ readonly response: Response; readonly isStream: boolean }> {
  const { path, models } = request;
  const [, name] = /^\/v1\/models\/(.+)$/.exec(path) ?? [];
  if (path === "/v1/models" || name !== undefined) {
    demandMethod(request, "GET");
    const list = models.all.map(describeModel);
    const body = name === undefined
      ? { object: "list", data: list }
      : describeModel(models.find(decodeName(name)));
    return { response: Response.json(body), isStream: false };
  }
  const handler = HANDLERS.get(path);
  if (handler === undefined) {
    throw new OpenAiError(
      404,
      `no path ${path}; see GET /v1/models`,
      null,
      "unknown_url",
    );
  }
  demandMethod(request, "POST");
  const { maxBytes, signal } = request;
  const fields = new BodyFields(
    await readBody(request.request, maxBytes, signal),
  );
  return await handler(request, fields);
}

type Handler = (
  request: OpenAiRequest,
  fields: BodyFields,
) => Promise<{ readonly response: Response; readonly isStream: boolean }>;

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["/v1/chat/completions", chat],
  ["/v1/completions", complete],
  ["/v1/embeddings", embed],
]);

function describeModel(
  { name, created }: { readonly name: string; readonly created: number },
): object {
  return { id: name, object: "model", created, owned_by: "iree" };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new OpenAiError(400, "the path must be percent-encoded UTF-8");
  }
}

function demandMethod({ request, path }: OpenAiRequest, method: string): void {
  if (request.method === method) return;
  throw new RequestError(
    "INVALID_ARGUMENT",
    405,
    `the method of ${path} must be ${method}, got ${request.method}`,
    { allow: method },
  );
}

async function chat(
  request: OpenAiRequest,
  fields: BodyFields,
): ReturnType<Handler> {
  const served = request.models.find(fields.text("model"));
  const messages = readChatMessages(fields);
  const asked = readAnswerRequest(fields);
  const wantsProbabilities = fields.flag("logprobs");
  const count = fields.integer("top_logprobs", 0, 20);
  fields.finish();
  if (count !== undefined && !wantsProbabilities) {
    throw wrong("top_logprobs", "given with logprobs", count);
  }
  const prompt = await served.model.chatPrompt(messages);
  return await respond(request, asked, {
    served,
    field: "messages",
    prompts: [prompt],
    options: {
      ...asked.options,
      logProbabilities: wantsProbabilities ? count ?? 0 : undefined,
    },
    format: answerFormat("chat", served),
  });
}

async function complete(
  request: OpenAiRequest,
  fields: BodyFields,
): ReturnType<Handler> {
  const served = request.models.find(fields.text("model"));
  const prompts = readPrompts(fields, "prompt");
  const asked = readAnswerRequest(fields);
  const count = fields.integer("logprobs", 0, 5);
  fields.only("echo", false);
  fields.only("suffix", "");
  fields.finish();
  return await respond(request, asked, {
    served,
    field: "prompt",
    prompts,
    options: {
      ...asked.options,
      // OpenAI's default for completions.
      maxTokens: asked.options.maxTokens ?? 16,
      logProbabilities: count,
    },
    format: answerFormat("completion", served),
  });
}

async function respond(
  request: OpenAiRequest,
  { stream, hasUsage }: AnswerRequest,
  prepared: Prepared & { readonly format: AnswerFormat },
): ReturnType<Handler> {
  if (stream) {
    const response = await streamAnswer(prepared, hasUsage, request);
    return { response, isStream: true };
  }
  const body = await generateWhole(prepared, request.signal);
  return { response: Response.json(body), isStream: false };
}

async function embed(
  { models, signal }: OpenAiRequest,
  fields: BodyFields,
): ReturnType<Handler> {
  const { name, model, places } = models.find(fields.text("model"));
  const inputs = readPrompts(fields, "input");
  const format = fields.any("encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") {
    throw wrong("encoding_format", "float or base64", format);
  }
  fields.only("dimensions", model.configuration.hidden);
  fields.ignore("user");
  fields.finish();
  let count = 0;
  const data = await places.use(async () => {
    const vectors: object[] = [];
    for (const [index, input] of inputs.entries()) {
      const tokens = typeof input === "string" ? model.tokenize(input) : input;
      count += tokens.length;
      const vector = await model.embed(tokens, { signal });
      const embedding = format === "float"
        ? [...vector]
        : new Uint8Array(vector.buffer).toBase64();
      vectors.push({ object: "embedding", index, embedding });
    }
    return vectors;
  }, signal);
  const usage = { prompt_tokens: count, total_tokens: count };
  const body = { object: "list", data, model: name, usage };
  return { response: Response.json(body), isStream: false };
}
