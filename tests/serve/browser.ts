/**
 * A real browser: Debian's Chromium, driven by Playwright, which is downloaded
 * into Deno's cache at its first use.
 *
 * @module
 */

import { join } from "@std/path";
import { execute, ROOT } from "../support.ts";

/** What the tests use of a place in a page. */
export interface Locator {
  locator(selector: string): Locator;
  getByLabel(text: string, options?: { exact?: boolean }): Locator;
  getByRole(role: string, options?: { name?: string }): Locator;
  fill(text: string): Promise<void>;
  click(): Promise<void>;
  waitFor(): Promise<void>;
  count(): Promise<number>;
  innerText(): Promise<string>;
  inputValue(): Promise<string>;
  selectOption(value: string): Promise<unknown>;
  setInputFiles(
    file: { name: string; mimeType: string; buffer: Uint8Array },
  ): Promise<void>;
  boundingBox(): Promise<{ x: number; y: number; width: number } | null>;
  isVisible(): Promise<boolean>;
}

/** What the tests use of a page. */
export interface Page extends Locator {
  readonly mouse: {
    move(x: number, y: number, options?: { steps?: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  goto(url: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  on(event: "console", listener: (it: { text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "request", listener: (it: { url(): string }) => void): void;
  setDefaultTimeout(milliseconds: number): void;
}

interface BrowserContext {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** A browser that runs. */
export interface Browser {
  newContext(): Promise<BrowserContext>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: Record<string, unknown>): Promise<Browser>;
  };
}

/** The exact version, so that an import needs no look-up. */
const PLAYWRIGHT = "npm:playwright-core@1.64.1";

/** Milliseconds for a step, on a machine that is busy. */
const STEP = 60_000;

/** A browser, or why there is none. */
export type BrowserProgram = { readonly path: string } | {
  readonly reason: string;
};

/** Finds Chromium and its driver; downloads them if that works. */
export async function findBrowser(): Promise<BrowserProgram> {
  const script = join(ROOT, "tests/serve/chromium");
  const { code, stdout, stderr } = await execute(script, [
    Deno.env.get("IREE_DENO_CACHE")!,
  ]);
  if (code !== 0) return { reason: stderr.trim() };
  try {
    await import(PLAYWRIGHT);
  } catch (error) {
    return { reason: `${PLAYWRIGHT} cannot be loaded: ${error}` };
  }
  return { path: stdout.trim() };
}

/** What a page did. */
export interface Session {
  readonly page: Page;
  /** Errors, and lines of the console. */
  readonly complaints: readonly string[];
  /** Origins of all requests. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Starts a browser.
 *
 * @param path Its program.
 */
export async function openBrowser(path: string): Promise<Browser> {
  const { chromium } = await import(PLAYWRIGHT) as Playwright;
  return await chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * Opens a page, with nothing in common with others.
 *
 * @param browser The browser.
 * @param url The page.
 * @param use What is done with it.
 */
export async function browse(
  browser: Browser,
  url: string,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(STEP);
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on("console", (it) => complaints.push(it.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (it) => origins.add(new URL(it.url()).origin));
    await page.goto(url);
    await use({ page, complaints, origins });
  } finally {
    await context.close();
  }
}
