import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, ROOT, unsanitized } from "../support.ts";
import { inFolder } from "./support.ts";
import { endlessVocabulary } from "./texts.ts";
import { tinyModel, type TinyValue, writeGguf } from "./tiny_models.ts";

/** A vocabulary whose answers are a line without an end. */
function endlessLine(): Record<string, TinyValue | undefined> {
  const vocabulary = endlessVocabulary();
  const tokens = vocabulary["tokenizer.ggml.tokens"] as string[];
  const newline = String.fromCodePoint(256 + 10);
  return {
    ...vocabulary,
    "tokenizer.ggml.tokens": tokens.map((it) => it === newline ? "<line>" : it),
  };
}

/** Starts `iree chat` over a tiny model whose answers take very long. */
function chat(path: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", ...denoFlags(), join(ROOT, "cli.ts")],
      ...["chat", path, "--complete", "--device=local-sync"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

unsanitized(
  "Ctrl-C stops an answer of iree chat, which answers the next message",
  async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "model.gguf");
      const config = { max_position_embeddings: 100_000 };
      await writeGguf(path, tinyModel({ config }), {
        metadata: endlessLine(),
      });
      const child = chat(path);
      const input = child.stdin.getWriter();
      const output = child.stdout.getReader();
      const encoder = new TextEncoder();
      for (const message of ["hello\n", "low\n"]) {
        await input.write(encoder.encode(message));
        const { value } = await output.read();
        assert(value!.length > 0);
        child.kill("SIGINT");
        // The line ends when the answer was stopped.
        for (let last = value!.at(-1); last !== 10;) {
          last = (await output.read()).value!.at(-1);
        }
      }
      await input.close();
      assertEquals((await output.read()).done, true);
      assertEquals((await child.status).code, 0);
    });
  },
);
