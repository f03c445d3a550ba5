import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Tokenizer } from "../../lib/tokenizer/mod.ts";
import { ROOT, test } from "../support.ts";
import { corpus } from "./corpus.ts";
import { EXPECTED_COUNT, MADE } from "./made.ts";
import { fileOf } from "./made_tokenizers.ts";

/** Ids and decoded texts of Hugging Face's tokenizers; see peers.ts. */
const EXPECTED: Readonly<Record<string, [ids: number[], text: string][]>> = JSON
  .parse(Deno.readTextFileSync(join(ROOT, "tests/tokenizer/expected.json")));

/** Numbers of texts that IREE encodes differently. */
const DIFFERENT: Readonly<Record<string, number>> = {
  // BERT's normalizer drops control characters. IREE also drops code points
  // that Unicode has not assigned.
  words: 5,
  // IREE makes several tokens of a long run of unknown characters.
  pieces: 3,
  // A space is prepended after a special token, too, unless there is one.
  fallback: 1,
};

test("Texts have the tokens and the texts of Hugging Face's tokenizers", () => {
  const texts = corpus(EXPECTED_COUNT);
  for (const [name, json] of Object.entries(MADE)) {
    using tokenizer = Tokenizer.fromBytes(fileOf(json));
    const expected = EXPECTED[name]!;
    assertEquals(expected.length, texts.length);
    let different = 0;
    texts.forEach((text, at) => {
      const [ids, back] = expected[at]!;
      const ours = tokenizer.encode(text).ids;
      if (ours.join() !== ids.join()) different++;
      assertEquals(tokenizer.decode(ids), back, `${name} ${at}`);
    });
    assertEquals(different, DIFFERENT[name] ?? 0, name);
  }
});

test("Random ids are decoded without failing, in parts as all together", () => {
  for (const json of Object.values(MADE)) {
    using tokenizer = Tokenizer.fromBytes(fileOf(json));
    using decoder = tokenizer.decoder();
    for (let seed = 1; seed < 200; seed++) {
      const ids = Array.from(
        { length: seed % 40 },
        (_, at) => (seed * 7919 + at * at * 104729) % (tokenizer.idLimit + 3),
      );
      const whole = tokenizer.decode(ids);
      assert(whole.isWellFormed());
      const parts = ids.map((id) => decoder.push(id)).join("");
      assertEquals(parts + decoder.finish(), whole);
    }
  }
});
