// `iree chat` in a terminal, as a user has it.

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { LanguageModel } from "../../lib/language/mod.ts";
import { denoFlags, mustRun, ROOT, tool, unsanitized } from "../support.ts";
import { inFolder } from "./support.ts";
import { testWithTemplates } from "./templates.ts";
import { byteVocabulary, endlessVocabulary } from "./texts.ts";
import { tinyModel, type TinyValue, writeGguf } from "./tiny_models.ts";

const TERMINAL = fromFileUrl(new URL("terminal.py", import.meta.url));

/** What is typed, or waited for. */
type Step = string | { readonly until: string };

interface Played {
  /** What was printed before each text, and after the last one. */
  readonly shown: readonly string[];
  readonly failure: string | null;
  readonly status: number;
}

/** Talks with a model in a terminal. */
async function play(
  path: string,
  args: readonly string[],
  steps: readonly Step[],
): Promise<Played> {
  const command = [
    ...[Deno.execPath(), "run", "-A", "--no-check", ...denoFlags()],
    ...[join(ROOT, "cli.ts"), "chat", path, "--device=local-sync", ...args],
  ];
  const played: Played = JSON.parse(
    await mustRun(tool("python"), [TERMINAL], {
      stdin: new TextEncoder().encode(JSON.stringify({ command, steps })),
    }),
  );
  assertEquals(played.failure, null);
  return played;
}

/** Writes a model, and passes its path. */
async function withModel(
  metadata: Readonly<Record<string, TinyValue | undefined>>,
  act: (path: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    const config = { max_position_embeddings: 20_000 };
    await writeGguf(path, tinyModel({ config }), { metadata });
    await act(path);
  });
}

const ASKED = { until: "> $" };

/** An answer that continues: its line is longer than what was typed. */
const ANSWERING = { until: "\n[\\s\\S]{20}" };

const [CTRL_C, CTRL_D] = ["\x03", "\x04"];

unsanitized(
  "Ctrl-C in a terminal ends an answer, and Ctrl-D the chat",
  async () => {
    await withModel(endlessVocabulary(), async (path) => {
      const steps = ["hello\n", "low\n"].flatMap((message) => [
        ...[ASKED, message, ANSWERING, CTRL_C],
      ]);
      const { status, shown } = await play(path, ["--complete"], [
        ...steps,
        ASKED,
        CTRL_D,
      ]);
      assertEquals(status, 0);
      assert(!/error/i.test(shown.join("")), shown.join(""));
    });
  },
);

unsanitized("Ctrl-C between answers ends the chat by the signal", async () => {
  await withModel(endlessVocabulary(), async (path) => {
    const { status } = await play(path, ["--complete"], [ASKED, CTRL_C]);
    assertEquals(status, -2);
  });
});

if (!Deno.env.has("DEV_SANITIZE")) {
  testWithTemplates(
    "A chat in a terminal remembers what was said",
    async () => {
      await withModel(byteVocabulary(), async (path) => {
        const expected: string[] = [];
        using model = await LanguageModel.load(path, { device: "local-sync" });
        using chat = model.chatSession({
          messages: [{ role: "system", content: "Be brief." }],
        });
        for (const message of ["hello", "low"]) {
          const answer = await chat.send(message, { maxTokens: 4 });
          expected.push(await answer.text());
        }
        const args = ["--system=Be brief.", "--max-tokens=4", "--json"];
        const { shown, status } = await play(path, args, [
          ...[ASKED, "hello\n", { until: "}\\s+> $" }],
          ...["low\n", { until: "}\\s+> $" }, CTRL_D],
        ]);
        assertEquals(status, 0);
        const texts = shown.join("").match(/^\{.*\}/gm)!.map((line) =>
          JSON.parse(line).text
        );
        assertEquals(texts, expected);
        const alone = await model.chat([
          { role: "system", content: "Be brief." },
          { role: "user", content: "low" },
        ], { maxTokens: 4 });
        assert(await alone.text() !== expected[1]);
      });
    },
  );
}
