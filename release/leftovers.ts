/**
 * Finds leftovers of editing and merging: conflict markers, and white space at
 * the ends of lines. `./dev check` runs it.
 *
 *     leftovers.ts FILE…
 *
 * @module
 */

/** Each kind of leftover, with its name. */
const LEFTOVERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["conflict marker", /^(?:[<>|]{7} |[<>|=]{7}$)/],
  ["white space at the end", /[ \t\r]$/],
];

/**
 * Finds leftovers in a text.
 *
 * @param text The text.
 * @returns One entry each, such as `3: conflict marker`.
 */
export function findLeftovers(text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    LEFTOVERS.filter(([, pattern]) => pattern.test(line))
      .map(([name]) => `${index + 1}: ${name}`)
  );
}

if (import.meta.main) {
  let count = 0;
  for (const path of Deno.args) {
    const text = Deno.readTextFileSync(path);
    if (text.includes("\0")) continue;
    for (const found of findLeftovers(text)) {
      console.error(`${path}:${found}`);
      count++;
    }
  }
  Deno.exit(count === 0 ? 0 : 1);
}
