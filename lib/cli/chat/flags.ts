import type { FlagValues } from "../common/flags.ts";

/** Flags of `iree chat`. */
export const FLAGS = {
  system: {
    kind: "text",
    value: "TEXT",
    help: ["The system prompt, which says how the model should answer."],
  },
  complete: {
    kind: "boolean",
    help: ["Continues the text as it is, without the chat template."],
  },
  weights: {
    kind: "choice",
    choices: ["f32", "f16", "bf16", "int8", "int4"],
    help: [
      "The element type of weights, f32 by default; f16 and bf16 take half of the",
      "memory, int8 a quarter, int4 a sixth.",
    ],
  },
  context_length: {
    kind: "integer",
    value: "N",
    min: 2,
    help: [
      "Maximum context length in tokens; by default, the model's own. The oldest",
      "tokens are dropped when the context is full.",
    ],
  },
  max_tokens: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["Maximum number of tokens in an answer; unlimited by default."],
  },
  temperature: {
    kind: "number",
    value: "T",
    min: 0,
    max: 100,
    help: [
      "Randomness of answers; 0 (the default) always takes the likeliest token.",
    ],
  },
  top_k: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["Samples from the N likeliest tokens."],
  },
  top_p: {
    kind: "number",
    value: "P",
    min: 0,
    max: 1,
    help: [
      "Samples from the likeliest tokens whose probabilities add up to P.",
    ],
  },
  min_p: {
    kind: "number",
    value: "P",
    min: 0,
    max: 1,
    help: [
      "Samples from tokens with at least this share of the highest probability.",
    ],
  },
  repetition_penalty: {
    kind: "number",
    value: "X",
    min: 0.01,
    max: 100,
    help: [
      "Makes tokens that are already in the text less likely; 1 has no effect.",
    ],
  },
  seed: {
    kind: "integer",
    value: "N",
    min: 0,
    help: ["Seed that makes random answers repeatable."],
  },
  tune: {
    kind: "boolean",
    help: [
      "Tries sets of compiler flags on the first load, which takes minutes, and keeps",
      "the fastest programs; later loads use them, with or without this flag.",
    ],
  },
  device: {
    kind: "text",
    value: "URI",
    help: ["The device, as for `iree run`: local-task by default."],
  },
  json: {
    kind: "boolean",
    help: ["Prints a JSON object for each answer: text, counts and times."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

/** Their values. */
export type ChatFlags = FlagValues<typeof FLAGS>;
