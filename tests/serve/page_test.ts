// The page at `/`: in a browser if one is found, and as text.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { PAGE_SCRIPT } from "../../lib/serve/page_script.ts";
import { execute, TemporaryFolder, test } from "../support.ts";
import { waitUntil } from "../waiting.ts";
import {
  browse,
  type Browser,
  findBrowser,
  openBrowser,
  type Session,
} from "./browser.ts";
import { echo, TestServer } from "./support.ts";

const browser = Deno.env.has("DEV_SANITIZE")
  ? { reason: "a browser does not run with a sanitizer" }
  : await findBrowser();

let opened: Browser | undefined;
Deno.test.afterAll(() => opened?.close());

/** A test that is ignored, with a message, if no browser is found. */
function testInBrowser(
  name: string,
  arrange: (server: TestServer) => void,
  use: (session: Session, server: TestServer) => Promise<void>,
  authTokens: readonly string[] = [],
): void {
  if ("reason" in browser) {
    console.warn(`no browser for "${name}": ${browser.reason}`);
    return Deno.test.ignore(name, () => {});
  }
  // The browser is open until all tests have ended.
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      opened ??= await openBrowser(browser.path);
      await using server = new TestServer({ authTokens });
      arrange(server);
      const listening = server.server.listen({ port: 0 });
      try {
        await browse(opened, `${listening.url}/`, async (session) => {
          await use(session, server);
          assertEquals([...session.origins], [listening.url]);
        });
      } finally {
        await listening.shutdown(60_000);
      }
    },
  });
}

testInBrowser(
  "The page lists the models with their inputs and outputs, and runs one",
  () => {},
  async ({ page, complaints }) => {
    const model = page.locator("[data-model=add]");
    await model.locator("summary").click();
    assertMatch(
      await model.innerText(),
      /a: INT32 \[\?, \?\][^]*b: INT32[^]*sum: INT32[^]*difference: INT32/,
    );
    await model.getByLabel("a, dimension 1").fill("2");
    await model.getByLabel("b, dimension 1").fill("2");
    await model.getByLabel("a", { exact: true }).fill("30 40");
    await model.getByLabel("b", { exact: true }).fill("[[1, 2]]");
    await model.getByRole("button", { name: "Run" }).click();
    const output = model.locator("output");
    await output.locator("h4:has-text('difference')").waitFor();
    const text = await output.innerText();
    assertMatch(text, /^Answered in [\d.]+ ms\./);
    assertMatch(text, /sum: INT32 \[1, 2\]\s+31, 42\s/);
    assertMatch(text, /difference: INT32 \[1, 2\]\s+29, 38\s/);
    assertEquals(complaints, []);
  },
);

testInBrowser(
  "The page shows why a request fails, and runs the next one",
  () => {},
  async ({ page }) => {
    const model = page.locator("[data-model=score]");
    await model.locator("summary").click();
    const values = model.getByLabel("input0", { exact: true });
    await values.fill("1 2 3");
    await model.getByRole("button", { name: "Run" }).click();
    await model.locator(".error").waitFor();
    assertEquals(
      await model.locator(".error").innerText(),
      "400 input 'input0': data must have 4 elements, those of shape [1,4], got 3",
    );
    await values.fill("");
    await model.getByRole("button", { name: "Run" }).click();
    await model.locator("output h4").waitFor();
    assertMatch(await model.locator("output").innerText(), /\[1\]\s+0\s/);
  },
);

testInBrowser(
  "The page asks for a token where the server needs one",
  () => {},
  async ({ page }) => {
    const token = page.getByLabel("Token");
    await token.waitFor();
    assertEquals(await page.locator("[data-model]").count(), 0);
    await token.fill("wrong");
    await page.getByRole("button", { name: "Use" }).click();
    await page.locator("#message:has-text('401')").waitFor();
    await token.fill("secret");
    await page.getByRole("button", { name: "Use" }).click();
    await page.locator("[data-model=score] > summary").waitFor();
    assertEquals(await token.isVisible(), false);
    const model = page.locator("[data-model=score]");
    await model.locator("summary").click();
    await model.getByRole("button", { name: "Run" }).click();
    await model.locator("output h4").waitFor();
  },
  ["secret"],
);

/** An image of one white pixel. */
const WHITE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==";

/** A model that returns an image. */
const PICTURE = {
  name: "image",
  elementType: "f32",
  shape: [null, 1, 16, 16],
} as const;

testInBrowser(
  "The page sends a drawing and an image as the input's values",
  ({ server }) => server.add("picture", echo(PICTURE)),
  async ({ page, complaints }) => {
    const model = page.locator("[data-model=picture]");
    await model.locator("summary").click();
    const canvas = model.locator("canvas");
    const { x, y, width } = (await canvas.boundingBox())!;
    await page.mouse.move(x + 1, y + width / 2);
    await page.mouse.down();
    await page.mouse.move(x + width - 1, y + width / 2, { steps: 8 });
    await page.mouse.up();
    const values = model.getByLabel("image", { exact: true });
    const drawn = (await values.inputValue()).split(" ").map(Number);
    assertEquals(drawn.length, 256);
    // A line through the middle, and nothing in the corners.
    for (let column = 0; column < 16; column++) {
      assert(drawn[8 * 16 + column] + drawn[7 * 16 + column] > 0.5);
    }
    assertEquals([drawn[0], drawn[15], drawn[240], drawn[255]], [0, 0, 0, 0]);

    const file = model.locator("input[type=file]");
    const choose = (name: string, bytes: Uint8Array) =>
      file.setInputFiles({
        name,
        mimeType: "image/png",
        buffer: Buffer.from(bytes),
      });
    await choose("wrong.png", new Uint8Array(10));
    await model.locator(".error:has-text('wrong.png is not an image')")
      .waitFor();
    await model.getByLabel("Values").selectOption("255");
    await choose("white.png", Uint8Array.fromBase64(WHITE));
    await waitUntil(
      async () =>
        await values.inputValue() === Array(256).fill("255").join(" "),
      "the image's pixels are the values",
    );
    await model.getByRole("button", { name: "Run" }).click();
    await model.locator("output h4").waitFor();
    assertMatch(
      await model.locator("output").innerText(),
      /image: FP32 \[1, 1, 16, 16\]\s+(?:255, ){15}255\n/,
    );
    assertEquals(complaints, []);
  },
);

const HOSTILE = "<img src=x onerror=alert(1)>";

testInBrowser(
  "The page shows names of models as text",
  ({ server }) => server.add(HOSTILE, echo({ ...PICTURE, name: HOSTILE })),
  async ({ page, complaints }) => {
    const title = page.locator(`summary:has-text("onerror")`);
    await title.waitFor();
    assertEquals(await title.innerText(), HOSTILE);
    assertEquals(await page.locator("img").count(), 0);
    assertEquals(complaints, []);
  },
);

test("The page needs no token, and its policy allows only itself", async () => {
  await using server = new TestServer({ authTokens: ["secret"] });
  const response = await server.send("/");
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  assertMatch(
    response.headers.get("content-security-policy")!,
    /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  const text = await response.text();
  assert(!text.includes("score"));
  assertEquals(/\b(?:src|href)=|url\(|https?:/.exec(text)?.[0], "href=");
});

Deno.test("The page's script passes strict checks of types", async () => {
  using folder = new TemporaryFolder();
  await Deno.writeTextFile(folder.join("script.js"), PAGE_SCRIPT);
  await Deno.writeTextFile(
    folder.join("deno.json"),
    JSON.stringify({
      compilerOptions: {
        lib: ["dom", "dom.iterable", "esnext"],
        checkJs: true,
      },
    }),
  );
  const { code, stderr } = await execute(Deno.execPath(), [
    "check",
    "--quiet",
    "--config",
    folder.join("deno.json"),
    folder.join("script.js"),
  ]);
  assertEquals([code, stderr], [0, ""]);
});
