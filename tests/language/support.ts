/**
 * Shared by the tests of language models.
 *
 * @module
 */

import { assert } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  LanguageModel,
  type LanguageModelOptions,
  type WeightType,
} from "../../lib/language/mod.ts";
import { COMPILER } from "../compiler/support.ts";
import { DENO_DIR, execute, tool } from "../support.ts";
import { assertNear } from "./near.ts";

const REFERENCE = fromFileUrl(new URL("reference.py", import.meta.url));

/** Options for tiny models: small chunks, so that prompts have several. */
export const SMALL: LanguageModelOptions = {
  chunk: 4,
  device: "local-sync",
  compile: { library: COMPILER, target: "generic" },
};

/**
 * Logits of all positions of sequences, by NumPy, with rounded weights; `kept` says
 * that a file's own blocks are not.
 */
export async function reference(
  folder: string,
  sequences: readonly (readonly number[])[],
  weights: WeightType = "f32",
  kept = false,
): Promise<number[][][]> {
  const request = { folder, sequences, weights, kept };
  const stdin = new TextEncoder().encode(JSON.stringify(request));
  const { code, stdout, stderr } = await execute(tool("python"), [REFERENCE], {
    stdin,
  });
  assert(code === 0, stderr);
  return JSON.parse(stdout);
}

/**
 * Passes a folder, which is removed afterwards. Meanwhile the user's cache is another
 * one, so that no converted weights stay there; compiled programs do.
 */
export async function inFolder(
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const cache = await Deno.makeTempDir();
  const variables = ["XDG_CACHE_HOME", "DENO_DIR"] as const;
  const previous = variables.map((name) => Deno.env.get(name));
  try {
    await linkPrograms(join(cache, "iree-deno"));
    Deno.env.set("XDG_CACHE_HOME", cache);
    // Children find modules that are compiled already.
    Deno.env.set("DENO_DIR", DENO_DIR);
    await act(folder);
  } finally {
    variables.forEach((name, at) => {
      const value = previous[at];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    });
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(cache, { recursive: true });
  }
}

async function linkPrograms(cache: string): Promise<void> {
  const programs = join(Deno.env.get("IREE_DENO_CACHE")!, "programs");
  await Deno.mkdir(programs, { recursive: true });
  await Deno.mkdir(cache, { recursive: true });
  await Deno.symlink(programs, join(cache, "programs"), { type: "dir" });
}

/** Where weights are converted to, within `inFolder`. */
export function modelsFolder(): string {
  return join(Deno.env.get("XDG_CACHE_HOME")!, "iree-deno", "models");
}

/** Names of the files there. */
export function convertedFiles(): string[] {
  return [...Deno.readDirSync(modelsFolder())].map(({ name }) => name);
}

/** Options whose weights are converted. */
export const CONVERTED: LanguageModelOptions = {
  ...SMALL,
  chunk: 1,
  weights: "int8",
};

/** Tokens that look random, and are always the same. */
export function someTokens(count: number, seed = 7): number[] {
  return Array.from({ length: count }, (_, at) => (at * 31 + seed * 17) % 320);
}

/** How many tokens are added at a time, up to 20 positions and more. */
const PARTS: readonly (readonly number[])[] = [
  new Array(20).fill(1),
  [6, 1, 1, 5],
  [21],
];

/**
 * Asserts that a model's logits are the reference's at 20 positions of three texts,
 * in many ways to add tokens.
 */
export async function assertLogits(
  path: string,
  folder: string,
  options: LanguageModelOptions,
  tolerance: number,
  kept = false,
): Promise<void> {
  const texts = [7, 8, 9].map((seed) => someTokens(21, seed));
  const expected = await reference(folder, texts, options.weights, kept);
  using model = await LanguageModel.load(path, options);
  for (const [text, tokens] of texts.entries()) {
    for (const parts of PARTS) {
      using session = model.session();
      let at = 0;
      for (const count of parts) {
        const logits = await session.append(tokens.slice(at, at + count));
        at += count;
        const what = `text ${text}, position ${at - 1}`;
        assertNear(logits, expected[text]![at - 1]!, tolerance, what);
      }
    }
  }
}
