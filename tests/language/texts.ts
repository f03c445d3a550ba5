/**
 * Vocabularies for tiny models.
 *
 * @module
 */

import { TINY, type TinyValue } from "./tiny_models.ts";

/** Characters that stand for bytes in vocabularies like GPT-2's. */
function byteCharacters(): string[] {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isShown = byte > 32 && byte < 127 || byte > 160 && byte !== 173;
    characters.push(String.fromCodePoint(isShown ? byte : next++));
  }
  return characters;
}

/** Ids of special tokens. */
export const SPECIAL = { begin: 300, end: 301, start: 302, stop: 303 } as const;

/** A template in a function, so that no package is needed. */
export function template(
  messages: readonly { readonly role: string; readonly content: string }[],
): string {
  const parts = messages.map(({ role, content }) =>
    `<|im_start|>${role}\n${content}<|im_end|>\n`
  );
  return `${parts.join("")}<|im_start|>assistant\n`;
}

/** The same template in Jinja. */
export const JINJA = "{% for message in messages %}{{ '<|im_start|>' + " +
  "message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}" +
  "{% endif %}";

/** Metadata with a vocabulary of bytes and some merges. */
export function byteVocabulary(): Record<string, TinyValue> {
  const bytes = byteCharacters();
  const merges = ["h e", "l l", "he ll", "hell o", "Ġ w"];
  const tokens = [...bytes, ...merges.map((it) => it.replace(" ", ""))];
  while (tokens.length < TINY.vocabulary) {
    tokens.push(`<unused${tokens.length}>`);
  }
  tokens[SPECIAL.begin] = "<|begin|>";
  tokens[SPECIAL.end] = "<|endoftext|>";
  tokens[SPECIAL.start] = "<|im_start|>";
  tokens[SPECIAL.stop] = "<|im_end|>";
  const kinds = tokens.map((_, id) =>
    id >= SPECIAL.begin && id <= SPECIAL.stop ? 3 : 1
  );
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": kinds,
    "tokenizer.ggml.merges": merges,
    "tokenizer.ggml.bos_token_id": SPECIAL.begin,
    "tokenizer.ggml.eos_token_id": SPECIAL.end,
    "tokenizer.chat_template": JINJA,
  };
}

/** The same without a token that ends answers. */
export function endlessVocabulary(): Record<string, TinyValue | undefined> {
  const vocabulary = byteVocabulary();
  const tokens = vocabulary["tokenizer.ggml.tokens"] as string[];
  return {
    ...vocabulary,
    "tokenizer.ggml.eos_token_id": undefined,
    "tokenizer.ggml.tokens": tokens.map((it) => it.replace(/end/, "other")),
  };
}

/** Metadata with a vocabulary of pieces, as Llama 2's. */
export function pieceVocabulary(): Record<string, TinyValue> {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const pieces = ["▁", "h", "e", "l", "o", "w", "r", "d"];
  const merged = ["he", "ll", "▁w", "hell", "hello", "▁hello"];
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...pieces, ...merged];
  const scores = tokens.map((_, id) => id < 259 ? 0 : 259 - id + 0.5);
  const kinds: number[] = tokens.map((_, id) =>
    id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1
  );
  while (tokens.length < TINY.vocabulary) {
    tokens.push(`unused${tokens.length}`);
    scores.push(-1000.5);
    kinds.push(5);
  }
  return {
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": kinds,
    "tokenizer.ggml.scores": scores,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
  };
}
