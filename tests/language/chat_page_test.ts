// The example that streams into a web page, in a real browser.

import { assert, assertEquals } from "@std/assert";
import { serve } from "../../examples/chat_page/server.ts";
import { LanguageModel } from "../../lib/language/mod.ts";
import {
  browse,
  findBrowser,
  openBrowser,
  type Page,
} from "../serve/browser.ts";
import { runtime } from "../../mod.ts";
import { inFolder, SMALL } from "./support.ts";
import { endlessVocabulary } from "./texts.ts";
import { tinyModel, writeGguf } from "./tiny_models.ts";

const NAME = "The example's page shows answers while they are generated";

const browser = Deno.env.has("DEV_SANITIZE")
  ? { reason: "a browser does not run with a sanitizer" }
  : await findBrowser();

/** Passes a model whose answers take minutes: none of its tokens ends them. */
async function withModel(
  act: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = `${folder}/model.gguf`;
    const config = { max_position_embeddings: 20_000 };
    const metadata = endlessVocabulary();
    await writeGguf(path, tinyModel({ config }), { metadata });
    using model = await LanguageModel.load(path, SMALL);
    await act(model);
  });
}

async function send(page: Page, message: string): Promise<void> {
  await page.getByLabel("Message").fill(message);
  await page.getByRole("button", { name: "Send" }).click();
}

/**
 * Stops an answer once it has grown. In the page, since an answer ends with its
 * context, which an idle machine fills in seconds.
 *
 * @param at Ordinal of the answer.
 * @returns An expression that becomes whether the answer was still growing.
 */
function stopGrown(at: number): string {
  return `new Promise((resolve) => {
    const [, stop] = document.querySelectorAll("button");
    const lengths = new Set();
    const look = () => {
      const answer = document.querySelectorAll("[data-role=assistant]")[${at}];
      if (answer) lengths.add(answer.textContent.length);
      if (lengths.size <= 3) return setTimeout(look);
      const isGrowing = !stop.disabled;
      stop.click();
      resolve(isGrowing);
    };
    look();
  })`;
}

async function use(page: Page): Promise<void> {
  const sends = page.locator("button:enabled:has-text('Send')");
  for (const [at, message] of ["hello", "low"].entries()) {
    await send(page, message);
    assert(await page.evaluate(stopGrown(at)));
    await sends.waitFor();
  }
  const asked = page.locator("[data-role=user]");
  assertEquals(await asked.count(), 2);
  // A failure is shown, and the page works afterwards.
  await send(page, "h".repeat(30_000));
  const failure = page.locator("[data-role=error]");
  await failure.waitFor();
  const text = await failure.innerText();
  assert(text.includes("maximum context length is 20000 tokens"), text);
  await sends.waitFor();
}

if ("reason" in browser) {
  console.warn(`no browser for "${NAME}": ${browser.reason}`);
  Deno.test.ignore(NAME, () => {});
} else {
  const { path } = browser;
  // The driver of the browser keeps resources of its own.
  Deno.test({
    name: NAME,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const opened = await openBrowser(path);
      try {
        await withModel(async (model) => {
          const server = await serve(model, 0);
          await browse(opened, server.url, async ({ page, complaints }) => {
            await use(page);
            // Chromium reports the rejected request.
            assertEquals(complaints.filter((it) => !/400/.test(it)), []);
          });
          await server.shutdown();
        });
      } finally {
        await opened.close();
      }
      assertEquals(runtime.statistics.liveAllocations, 0);
    },
  });
}
