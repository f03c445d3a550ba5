import type {
  ChatMessage,
  GenerateOptions,
  JsonSchema,
} from "../../language/mod.ts";
import { IreeError } from "../../base/error.ts";
import { readJsonSchema } from "../../language/json_schema.ts";
import { type BodyFields, OpenAiError, wrong } from "./fields.ts";

/** How an answer is asked for. */
export interface AnswerRequest {
  /** How to choose tokens, and when to end. */
  readonly options: GenerateOptions;
  /** Whether it is sent in parts. */
  readonly stream: boolean;
  /** Whether the last part has the counts of tokens. */
  readonly hasUsage: boolean;
}

/** Fields that do not change an answer. */
const IGNORED = [
  ...["user", "metadata", "store", "service_tier", "safety_identifier"],
  ...["prompt_cache_key", "parallel_tool_calls", "verbosity"],
];

/** Reads the fields that chats and completions share. */
export function readAnswerRequest(fields: BodyFields): AnswerRequest {
  const stream = fields.flag("stream");
  const streaming = fields.any("stream_options");
  const limits = [
    fields.integer("max_completion_tokens", 1, 2 ** 31),
    fields.integer("max_tokens", 1, 2 ** 31),
  ];
  fields.ignore(...IGNORED);
  fields.only("n", 1);
  fields.only("best_of", 1);
  fields.only("tools", []);
  fields.only("tool_choice", "none", "auto");
  fields.only("functions", []);
  const json = readJson(fields);
  fields.only("modalities", ["text"]);
  return {
    stream,
    hasUsage: stream && typeof streaming === "object" && streaming !== null &&
      "include_usage" in streaming && streaming.include_usage === true,
    options: {
      json,
      maxTokens: limits.find((limit) => limit !== undefined),
      temperature: fields.number("temperature", 0, 2) ?? 1,
      topP: fields.number("top_p", 0, 1),
      topK: fields.integer("top_k", 1, 2 ** 31),
      minP: fields.number("min_p", 0, 1),
      repetitionPenalty: fields.number("repetition_penalty", 0.01, 100),
      presencePenalty: fields.number("presence_penalty", -2, 2),
      frequencyPenalty: fields.number("frequency_penalty", -2, 2),
      seed: fields.integer(
        "seed",
        Number.MIN_SAFE_INTEGER,
        Number.MAX_SAFE_INTEGER,
      ),
      stop: readStops(fields),
      logitBias: readBias(fields),
    },
  };
}

function readJson(fields: BodyFields): GenerateOptions["json"] {
  const format = fields.any("response_format");
  const { type, json_schema } = Object(format) as Record<string, unknown>;
  if (type === "json_schema") {
    const { schema } = Object(json_schema) as Record<string, unknown>;
    return checkSchema("response_format.json_schema.schema", schema);
  }
  const isJson = JSON.stringify(format) === '{"type":"json_object"}';
  if (!isJson) fields.only("response_format", { type: "text" });
  return isJson;
}

function checkSchema(name: string, schema: unknown): JsonSchema {
  if (typeof schema !== "object" || schema === null) {
    throw wrong(name, "a schema", schema);
  }
  try {
    readJsonSchema(schema as JsonSchema);
    return schema as JsonSchema;
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    const code = error.code === "UNIMPLEMENTED"
      ? "unsupported_parameter"
      : "invalid_value";
    throw new OpenAiError(400, `${name}: ${error.detail}`, name, code);
  }
}

function readStops(fields: BodyFields): string[] | undefined {
  const stops = fields.texts("stop");
  if (stops === undefined || (stops.length <= 4 && !stops.includes(""))) {
    return stops;
  }
  throw wrong("stop", "at most four non-empty strings", stops);
}

function readBias(fields: BodyFields): Record<number, number> | undefined {
  const bias = fields.any("logit_bias");
  if (bias === undefined) return undefined;
  const isRight = typeof bias === "object" && bias !== null &&
    Object.entries(bias).every(([token, value]) =>
      /^\d+$/.test(token) && typeof value === "number" &&
      Math.abs(value) <= 100
    );
  if (isRight) return bias as Record<number, number>;
  throw wrong("logit_bias", "numbers from -100 to 100 by token", bias);
}

/** Reads the messages of a chat. */
export function readChatMessages(fields: BodyFields): ChatMessage[] {
  const messages = fields.any("messages");
  if (!Array.isArray(messages) || messages.length === 0) {
    throw wrong("messages", "an array of messages", messages);
  }
  return messages.map((message: unknown, at) => {
    const name = `messages[${at}]`;
    if (typeof message !== "object" || message === null) {
      throw wrong(name, "an object", message);
    }
    const { role, content } = message as Record<string, unknown>;
    if (typeof role !== "string") throw wrong(`${name}.role`, "a string", role);
    // OpenAI's newer name of it, which templates do not know.
    const known = role === "developer" ? "system" : role;
    return { role: known, content: readContent(`${name}.content`, content) };
  });
}

function readContent(name: string, content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) {
    throw wrong(name, "a string or an array of parts", content);
  }
  return content.map((part: unknown, at) => {
    const { type, text } = Object(part) as Record<string, unknown>;
    if (type === "text" && typeof text === "string") return text;
    throw new OpenAiError(
      400,
      `${name}[${at}] must be a part of type text`,
      name,
      "unsupported_parameter",
    );
  }).join("");
}

/** Reads texts, or lists of tokens. */
export function readPrompts(
  fields: BodyFields,
  name: string,
): (string | number[])[] {
  const value = fields.any(name);
  const isTokens = (it: unknown): it is number[] =>
    Array.isArray(it) && it.length > 0 &&
    it.every((token) => Number.isSafeInteger(token));
  if (typeof value === "string") return [value];
  if (isTokens(value)) return [value];
  const isRight = Array.isArray(value) && value.length > 0 &&
    value.every((it) => typeof it === "string" || isTokens(it));
  if (isRight) return value;
  throw wrong(name, "a string, tokens, or an array of them", value);
}
