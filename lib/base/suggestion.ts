/** Longer words are unlikely to be misspelled, and slow to compare. */
const MAX_LENGTH = 64;

/**
 * Suggests a known word that is similar to an unknown one.
 *
 * @param word The word.
 * @param known The known words.
 * @param prefix The prefix of words in the message, such as `--`.
 * @returns The end of a message: `; did you mean …?`, or nothing.
 */
export function suggestion(
  word: string,
  known: readonly string[],
  prefix = "",
): string {
  if (word.length > MAX_LENGTH) return "";
  // Allows one mistake in three letters; more make another word.
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
 * Counts omitted, added, wrong and transposed letters: the optimal string
 * alignment distance.
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
