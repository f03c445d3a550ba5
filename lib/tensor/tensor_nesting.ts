/**
 * Returns whether brackets match a shape. The outermost ones, which IREE does not
 * print, are optional: `[[1 2][3 4]]` or `[1 2][3 4]` for 2x2.
 *
 * @param contents The elements' text.
 * @param shape The dimensions, outermost first.
 * @returns Whether they match; text without brackets always does.
 */
export function isNestedLike(
  contents: string,
  shape: readonly number[],
): boolean {
  const tokens: string[] = contents.match(/[[\]]|[^\s,[\]]+/g) ?? [];
  if (!tokens.includes("[")) return !tokens.includes("]");
  const end = shape.length === 0 ? -1 : readDimension(tokens, 0, shape, 0);
  if (end === tokens.length) return true;
  return shape.length > 1 &&
    readItems(tokens, 0, shape, 0) === tokens.length;
}

/** The end of a bracketed dimension that starts at `at`; -1 if it does not match. */
function readDimension(
  tokens: readonly string[],
  at: number,
  shape: readonly number[],
  level: number,
): number {
  if (tokens[at] !== "[") return -1;
  const end = readItems(tokens, at + 1, shape, level);
  return tokens[end] === "]" ? end + 1 : -1;
}

function readItems(
  tokens: readonly string[],
  start: number,
  shape: readonly number[],
  level: number,
): number {
  let at = start;
  const size = shape[level] ?? 0;
  for (let count = 0; count < size && at >= 0; count++) {
    if (level + 1 < shape.length) {
      at = readDimension(tokens, at, shape, level + 1);
    } else {
      at = /[[\]]/.test(tokens[at] ?? "]") ? -1 : at + 1;
    }
  }
  return at;
}
