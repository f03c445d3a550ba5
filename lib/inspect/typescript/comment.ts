/** Keeps a program's text from ending the comment around it. */
export function inComment(text: string): string {
  return text.replaceAll("*/", "*\\/")
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ");
}

/** Quotes a name for a comment. */
export function quote(name: string): string {
  return inComment(JSON.stringify(name));
}
