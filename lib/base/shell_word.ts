/**
 * Quotes text that a shell is to take for one word, where it has to be.
 *
 * @param text The text, such as a path.
 */
export function shellWord(text: string): string {
  return /^[\w./\\@%+=:,-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
