/**
 * Quotes text for a shell if necessary, so that it is one word.
 *
 * @param text The text, such as a path.
 */
export function shellWord(text: string): string {
  return /^[\w./\\@%+=:,-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
