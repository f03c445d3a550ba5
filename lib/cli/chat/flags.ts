import type { FlagValues } from "../common/flags.ts";

/** Flags of `iree chat`. */
export const FLAGS = {
  system: {
    kind: "text",
    value: "TEXT",
    help: ["The message that tells the model how to answer."],
  },
  complete: {
    kind: "boolean",
    help: ["Continues texts as they are, without the template for chats."],
  },
  weights: {
    kind: "choice",
    choices: ["f32", "f16", "bf16", "int8"],
    help: [
      "The element type of weights, f32 by default; f16 and bf16 take half of the",
      "memory, int8 a quarter.",
    ],
  },
  context_length: {
    kind: "integer",
    value: "N",
    min: 2,
    help: [
      "The longest context in tokens, that of the model by default. What does not",
      "fit is forgotten.",
    ],
  },
  max_tokens: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["The most tokens of an answer; unlimited by default."],
  },
  temperature: {
    kind: "number",
    value: "T",
    min: 0,
    max: 100,
    help: [
      "How random answers are: 0 (the default) always takes the likeliest token.",
    ],
  },
  top_k: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["Chooses among so many of the likeliest tokens."],
  },
  top_p: {
    kind: "number",
    value: "P",
    min: 0,
    max: 1,
    help: ["Chooses among the tokens whose probabilities add up to P."],
  },
  min_p: {
    kind: "number",
    value: "P",
    min: 0,
    max: 1,
    help: ["Chooses among tokens with this share of the largest probability."],
  },
  repetition_penalty: {
    kind: "number",
    value: "X",
    min: 0.01,
    max: 100,
    help: ["Makes tokens that the text has less likely; 1 changes nothing."],
  },
  seed: {
    kind: "integer",
    value: "N",
    min: 0,
    help: ["Makes random answers repeatable."],
  },
  device: {
    kind: "text",
    value: "URI",
    help: ["The device, as for `iree run`: local-task by default."],
  },
  json: {
    kind: "boolean",
    help: ["Prints an object for each answer: text, counts and times."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

/** Their values. */
export type ChatFlags = FlagValues<typeof FLAGS>;
