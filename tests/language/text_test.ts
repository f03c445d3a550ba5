import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import { failureOf, test } from "../support.ts";
import { inFolder, SMALL } from "./support.ts";
import { byteVocabulary, pieceVocabulary, SPECIAL, template } from "./texts.ts";
import { tinyModel, type TinyValue, writeGguf } from "./tiny_models.ts";

/** Passes a model with a vocabulary. */
async function withText(
  vocabulary: Readonly<Record<string, TinyValue | undefined>>,
  act: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel(), { metadata: vocabulary });
    using model = await LanguageModel.load(path, SMALL);
    await act(model);
  });
}

/** Chooses given tokens, whatever the model computes. */
function forced(
  tokens: readonly number[],
): (logits: Float32Array) => void {
  let at = 0;
  return (logits) => logits[tokens[at++]!] = 1e6;
}

test("A vocabulary of bytes splits and joins texts, and knows special tokens", async () => {
  await withText(byteVocabulary(), async (model) => {
    const tokens = model.tokenize("hello world 😀");
    assertEquals(tokens.length, 11);
    assertEquals(model.tokenizer.decode(tokens), "hello world 😀");
    assertEquals(model.countTokens("<|im_start|>hello"), 2);
    assertEquals(model.tokenize("<|im_start|>hello")[0], SPECIAL.start);
    assertEquals([...model.endTokens].sort(), [SPECIAL.end, SPECIAL.stop]);
    await Promise.resolve();
  });
});

test("A vocabulary of pieces begins with its first token", async () => {
  await withText(pieceVocabulary(), async (model) => {
    const tokens = model.tokenize("hello world");
    assertEquals(tokens[0], 1);
    assertEquals(model.tokenizer.idToToken(tokens[1]!), "▁hello");
    assertEquals(model.tokenizer.decode(tokens.slice(1)), "hello world");
    assertEquals(model.tokenizer.decode(model.tokenize("é").slice(1)), "é");
    await Promise.resolve();
  });
});

test("Streamed text never has part of a character", async () => {
  await withText(byteVocabulary(), async (model) => {
    const text = "a😀b€";
    const tokens = model.tokenize(text);
    const answer = model.generate("x", {
      adjust: forced(tokens),
      maxTokens: tokens.length,
    });
    const parts = await Array.fromAsync(answer, (item) => item.text);
    assertEquals(parts.join(""), text);
    assertEquals(parts, ["a", "", "", "", "😀", "b", "", "", "€"]);
    // Cut inside of a character.
    const cut = model.generate("x", { adjust: forced(tokens), maxTokens: 3 });
    assertEquals(await cut.text(), "a\ufffd\ufffd");
  });
});

test("Stop texts end an answer, and do not belong to it", async () => {
  await withText(byteVocabulary(), async (model) => {
    const tokens = model.tokenize("one ENTWO END three");
    const answer = model.generate("x", {
      adjust: forced(tokens),
      stop: ["END", "never"],
    });
    assertEquals(await answer.text(), "one ENTWO ");
    assertEquals(answer.finishReason, "stop");
    const short = model.generate("x", {
      adjust: forced(tokens),
      stop: "END",
      maxTokens: 6,
    });
    // What could have become the stop text is part of the answer.
    assertEquals(await short.text(), "one EN");
    assertEquals(short.finishReason, "length");
  });
});

test("Tokens that end answers have no text, unless they are ignored", async () => {
  await withText(byteVocabulary(), async (model) => {
    const tokens = [104, SPECIAL.stop, 105];
    const answer = model.generate("x", { adjust: forced(tokens) });
    assertEquals(await answer.text(), "h");
    assertEquals([answer.finishReason, answer.answerTokens], ["stop", 2]);
    const all = model.generate("x", {
      adjust: forced(tokens),
      ignoreEnd: true,
      maxTokens: 3,
    });
    assertEquals(await all.text(), "hi");
  });
});

test("A chat keeps its messages, and computes its history once", async () => {
  await withText(byteVocabulary(), async (model) => {
    using chat = model.chatSession({
      template,
      messages: [{ role: "system", content: "be brief" }],
    });
    const say = async (content: string, reply: string) => {
      const tokens = [...model.tokenize(reply), SPECIAL.stop];
      const answer = await chat.send(content, { adjust: forced(tokens) });
      assertEquals(await answer.text(), reply);
      return answer.promptTokens;
    };
    const first = await say("hello", "ok");
    const second = await say("hello", "ok");
    assert(second < first, `${second} of ${first}`);
    assertEquals(chat.messages.map(({ content }) => content), [
      "be brief",
      "hello",
      "ok",
      "hello",
      "ok",
    ]);
    // The same as a chat without a history.
    const messages = [...chat.messages, { role: "user", content: "x" }];
    const whole = await model.chat(messages, { template, maxTokens: 8 });
    const rest = await chat.send("x", { maxTokens: 8 });
    assertEquals(await rest.text(), await whole.text());
  });
});

test("A message whose answer never begins is not part of a chat", async () => {
  await withText(byteVocabulary(), async (model) => {
    using chat = model.chatSession({ template });
    const late = await chat.send("hello", { maxTokens: 1 });
    await failureOf(chat.send("hello", { maxTokens: -1 }));
    assertEquals(chat.messages, []);
    await (await chat.send("other", { maxTokens: 1 })).text();
    assertEquals(chat.messages.length, 2);
    const error = await failureOf(late.text());
    assertMatch(error.message, /another message was sent before/);
    assertEquals(chat.messages.length, 2);
  });
});

test("A stopped answer stays in the chat as far as it is", async () => {
  await withText(byteVocabulary(), async (model) => {
    using chat = model.chatSession({ template });
    const tokens = model.tokenize("abcdef");
    const answer = await chat.send("hello", { adjust: forced(tokens) });
    for await (const { text } of answer) if (text === "c") break;
    assertEquals(chat.messages.at(-1), { role: "assistant", content: "abc" });
  });
});

test("Vocabularies and messages that are not supported are named", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    const write = (metadata: Record<string, TinyValue | undefined>) =>
      writeGguf(path, tinyModel(), { metadata });
    await write({ ...byteVocabulary(), "tokenizer.ggml.pre": "poro-chat" });
    const pre = await failureOf(LanguageModel.load(path, SMALL));
    assertEquals(pre.code, "UNIMPLEMENTED");
    assertMatch(pre.message, /tokenizer.ggml.pre 'poro-chat' is not supported/);
    await write({ ...byteVocabulary(), "tokenizer.ggml.model": "rwkv" });
    const kind = await failureOf(LanguageModel.load(path, SMALL));
    assertMatch(kind.message, /tokenizer.ggml.model 'rwkv' is not supported/);
  });
  await withText(
    { ...byteVocabulary(), "tokenizer.chat_template": undefined },
    async (model) => {
      const messages = [{ role: "user", content: "x" }];
      const error = await failureOf(model.chat(messages));
      assertMatch(error.message, /the model has no chat template/);
    },
  );
});
