/** Longer words are no misspelt ones, and take long to compare. */
const MAX_LENGTH = 64;

/**
 * What to say of a word that is unknown but nearly one that is known.
 *
 * @param word The word.
 * @param known The words that are known.
 * @param prefix What they are written with.
 * @returns An end for the message: `; did you mean …?`, or nothing.
 */
export function suggestion(
  word: string,
  known: readonly string[],
  prefix = "",
): string {
  if (word.length > MAX_LENGTH) return "";
  // One mistake in three letters: more of them make another word.
  let limit = Math.floor(word.length / 3);
  let nearest: string | undefined;
  for (const name of known) {
    const mistakes = countMistakes(word, name);
    if (mistakes > limit || (mistakes === limit && nearest)) continue;
    nearest = name;
    limit = mistakes;
  }
  return nearest === undefined ? "" : `; did you mean ${prefix}${nearest}?`;
}

/**
 * How many letters were left out, added, mistaken or exchanged with their
 * neighbours: the optimal string alignment distance.
 */
function countMistakes(a: string, b: string): number {
  // Mistakes between the first letters of a, by row, and of b, by column.
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const mistakes = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isExchange = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(
        mistakes(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        mistakes(i - 1, j) + 1,
        mistakes(i, j - 1) + 1,
        isExchange ? mistakes(i - 2, j - 2) + 1 : Infinity,
      ));
    }
  }
  return mistakes(a.length, b.length);
}
