import { assertEquals, assertRejects } from "@std/assert";
import { IreeError } from "../../mod.ts";
import { Tokenizer } from "../../lib/tokenizer/mod.ts";
import { test } from "../support.ts";
import {
  BYTES,
  byteTokenizer,
  fallbackTokenizer,
  fileOf,
  pieceTokenizer,
  wordTokenizer,
} from "./made_tokenizers.ts";

const TEXT = "hello world, ü 日本 😀😀 hello<|end|> world\n\n  hello";

const ALL = [
  byteTokenizer(),
  wordTokenizer(),
  pieceTokenizer(),
  fallbackTokenizer(),
];

test("A text in parts has the same tokens as the whole", () => {
  for (const json of ALL) {
    using tokenizer = Tokenizer.fromBytes(fileOf(json));
    using encoder = tokenizer.encoder();
    for (const length of [1, 2, 3, 7, 1000]) {
      const ids: number[] = [];
      for (let at = 0; at < TEXT.length; at += length) {
        ids.push(...encoder.push(TEXT.slice(at, at + length)));
      }
      ids.push(...encoder.finish());
      assertEquals(ids, [...tokenizer.encode(TEXT).ids], `${length}`);
    }
  }
});

test("Ids in parts have the same text as all together", () => {
  for (const json of ALL) {
    using tokenizer = Tokenizer.fromBytes(fileOf(json));
    using decoder = tokenizer.decoder({ specialTokens: true });
    const { ids } = tokenizer.encode(TEXT);
    const whole = tokenizer.decode(ids, { specialTokens: true });
    for (const length of [1, 2, 5, 1000]) {
      let text = "";
      for (let at = 0; at < ids.length; at += length) {
        const part = decoder.push(ids.subarray(at, at + length));
        assertEquals(part.isWellFormed(), true);
        text += part;
      }
      assertEquals(text + decoder.finish(), whole, `${length}`);
    }
  }
});

test("A character that is cut between tokens is never returned in parts", () => {
  using tokenizer = Tokenizer.fromBytes(fileOf(byteTokenizer()));
  using decoder = tokenizer.decoder();
  const bytes = [...new TextEncoder().encode("é😀")];
  assertEquals(bytes.map((byte) => decoder.push(byte)), [
    ...["", "é"],
    ...["", "", "", "😀"],
  ]);
  assertEquals(decoder.push(bytes[0]!), "");
  assertEquals(decoder.finish(), "\ufffd");
  // Another text can follow.
  assertEquals(decoder.push(BYTES.hello), "hello");
  assertEquals(decoder.finish(), "");
});

test("Streams encode UTF-8 that is cut anywhere, and decode ids", async () => {
  using tokenizer = Tokenizer.fromBytes(fileOf(byteTokenizer()));
  const bytes = new TextEncoder().encode(TEXT);
  for (const length of [1, 3, 1000]) {
    const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += length) {
          controller.enqueue(bytes.slice(at, at + length));
        }
        controller.close();
      },
    });
    const ids: number[] = [];
    for await (const part of source.pipeThrough(tokenizer.encodeStream())) {
      ids.push(...part);
    }
    assertEquals(ids, [...tokenizer.encode(TEXT).ids]);
    const texts = await Array.fromAsync(
      ReadableStream.from(ids).pipeThrough(
        tokenizer.decodeStream({ specialTokens: true }),
      ),
    );
    assertEquals(texts.join(""), TEXT);
  }
});

test("A stream that ends early leaves nothing behind", async () => {
  using tokenizer = Tokenizer.fromBytes(fileOf(byteTokenizer()));
  const encoding = ReadableStream.from(["hello ", "world"])
    .pipeThrough(tokenizer.encodeStream());
  for await (const _ of encoding) break;
  const failing = ReadableStream.from([-1])
    .pipeThrough(tokenizer.decodeStream());
  await assertRejects(() => Array.fromAsync(failing), IreeError, "id must be");
  await tokenizer.encodeStream().writable.abort();
  await tokenizer.decodeStream().readable.cancel();
});

test("Much text at once passes through streams", () => {
  using tokenizer = Tokenizer.fromBytes(fileOf(byteTokenizer()));
  const text = "hello world ".repeat(20_000);
  using encoder = tokenizer.encoder();
  const ids = [...encoder.push(text), ...encoder.finish()];
  assertEquals(ids, [...tokenizer.encode(text).ids]);
  using decoder = tokenizer.decoder();
  assertEquals(decoder.push(ids) + decoder.finish(), text);
});
