// What failed loads, prompts and answers leave behind: nothing.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  failureOf,
  ROOT,
  test,
} from "../support.ts";
import {
  CONVERTED,
  convertedFiles,
  inFolder,
  SMALL,
  someTokens,
} from "./support.ts";
import { byteVocabulary } from "./texts.ts";
import { tinyModel, writeFolder, writeGguf } from "./tiny_models.ts";

test("What is not supported is named before weights are converted", async () => {
  await inFolder(async (folder) => {
    const cases = [
      [{ model_type: "mamba" }, "UNIMPLEMENTED", /'mamba' is not supported/],
      [{ hidden_act: "gelu" }, "UNIMPLEMENTED", /'gelu' is not supported/],
      [{ num_hidden_layers: 9 }, "INVALID_ARGUMENT", /has no tensors/],
    ] as const;
    for (const [config, code, message] of cases) {
      await writeFolder(folder, tinyModel({ config }));
      const phases: string[] = [];
      const error = await failureOf(LanguageModel.load(folder, {
        ...SMALL,
        weights: "int8",
        onProgress: ({ phase }) => phases.push(phase),
      }));
      assertEquals(error.code, code);
      assertMatch(error.message, message);
      assertEquals(phases, []);
    }
  });
});

// A limit on the size of files acts like a full disk.
test("A conversion that a full disk stops is an error, and continues later", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel(), { metadata: byteVocabulary() });
    const { code, stderr, stdout } = await execute("sh", [
      ...["-c", 'trap "" XFSZ; ulimit -f 40; exec "$@"', "sh"],
      ...[Deno.execPath(), "run", "-A", "--no-check", ...denoFlags()],
      ...[join(ROOT, "cli.ts"), "chat", path, "low", "--complete"],
      ...["--weights=int8", "--max-tokens=3", "--device=local-sync"],
    ], { env: { DENO_DIR } });
    assertEquals([code, stdout], [1, ""], stderr);
    assertMatch(stderr, /cannot write converted weights to .*File too large/);
    assertMatch(stderr, /free space there; the next attempt continues/);
    assertMatch(convertedFiles().join(), /^model\S+\.irpa\.partial$/);
    using model = await LanguageModel.load(path, CONVERTED);
    assertMatch(convertedFiles().join(), /^model\S+\.irpa$/);
    assertEquals(
      (await model.generate("low", { maxTokens: 3 }).text()).length > 0,
      true,
    );
  });
});

test("A prompt that is longer than the context is an error, however it comes", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel(), { metadata: byteVocabulary() });
    using model = await LanguageModel.load(path, {
      ...SMALL,
      contextLength: 16,
    });
    using session = model.session();
    using chat = model.chatSession({
      template: ([message]) => message!.content,
    });
    const long = "abcdefghijklmnopqrstuvwxyz";
    const ways: readonly (() => Promise<unknown>)[] = [
      () => model.generate(long).text(),
      () => model.generate(someTokens(17)).text(),
      () => session.append(someTokens(17)),
      () => model.continue(session, long).text(),
      async () => await (await chat.send(long)).text(),
      () => model.embed(long),
    ];
    for (const way of ways) {
      const error = await failureOf(way());
      assertEquals(error.code, "RESOURCE_EXHAUSTED");
      assertMatch(error.message, /16 tokens, and (17|26|\d\d) are needed/);
    }
    assertEquals([session.length, chat.messages.length], [0, 0]);
    const short = await (await chat.send("abc", { maxTokens: 2 })).text();
    assertEquals(short, await model.generate("abc", { maxTokens: 2 }).text());
  });
});

test("Answers that are abandoned at any token leave the model as it was", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    using model = await LanguageModel.load(folder, { ...SMALL, batch: 4 });
    const prompt = someTokens(9);
    const options = { maxTokens: 6, ignoreEnd: true };
    const tokens = async () =>
      await Array.fromAsync(
        model.generate(prompt, options),
        ({ token }) => token,
      );
    const expected = await tokens();
    const leave = async (after: number) => {
      let count = 0;
      for await (const _ of model.generate(prompt, { ignoreEnd: true })) {
        if (++count === after) break;
      }
    };
    const abort = async (after: number) => {
      const controller = new AbortController();
      const { signal } = controller;
      let count = 0;
      const answer = model.generate(prompt, { ignoreEnd: true, signal });
      await assertRejects(async () => {
        for await (const _ of answer) {
          if (++count === after) controller.abort(new Error("enough"));
        }
      }, "enough");
    };
    const adjust = async () => {
      const answer = model.generate(prompt, {
        adjust: (_, { length }) => {
          if (length === 11) throw new Error("no such token");
        },
      });
      await assertRejects(() => answer.text(), "no such token");
    };
    const others = [1, 2, 3, 5].flatMap((at) => [leave(at), abort(at)]);
    const [actual] = await Promise.all([tokens(), ...others, adjust()]);
    assertEquals(actual, expected);
    assertEquals(await tokens(), expected);
  });
});
