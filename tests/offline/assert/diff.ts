/**
 * Writes any value in full over several lines with sorted keys, so that two
 * values can be compared line by line.
 */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    compact: false,
    depth: Infinity,
    getters: true,
    iterableLimit: Infinity,
    sorted: true,
    strAbbreviateSize: Infinity,
    trailingComma: true,
  });
}

/**
 * Shows where two values differ: `-` before a line of the actual value, `+`
 * before a line of the expected one.
 */
export function difference(actual: unknown, expected: unknown): string {
  const lines = diffLines(linesOf(actual), linesOf(expected));
  return ["", "", "    [Diff] Actual / Expected", "", "", ...lines, ""]
    .join("\n");
}

/** Strings are compared unchanged, other values as text. */
function linesOf(value: unknown): string[] {
  return (typeof value === "string" && value.includes("\n")
    ? value
    : format(value)).split("\n");
}

/** Beyond this many pairs of lines the changed middle is not aligned. */
const MAX_PAIRS = 1_000_000;

function diffLines(actual: string[], expected: string[]): string[] {
  let start = 0;
  let endA = actual.length;
  let endB = expected.length;
  while (start < endA && start < endB && actual[start] === expected[start]) {
    start++;
  }
  while (
    endA > start && endB > start && actual[endA - 1] === expected[endB - 1]
  ) {
    endA--;
    endB--;
  }
  return [
    ...actual.slice(0, start).map(common),
    ...align(actual.slice(start, endA), expected.slice(start, endB)),
    ...actual.slice(endA).map(common),
  ];
}

/** Aligns two lists of lines on their longest common subsequence. */
function align(actual: string[], expected: string[]): string[] {
  if (actual.length * expected.length > MAX_PAIRS) {
    return [...actual.map(removed), ...expected.map(added)];
  }
  // longest[i * width + j]: how many lines actual[i..] and expected[j..] share.
  const width = expected.length + 1;
  const longest = new Uint32Array((actual.length + 1) * width);
  for (let i = actual.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] = actual[i] === expected[j]
        ? longest[at + width + 1] + 1
        : Math.max(longest[at + width], longest[at + 1]);
    }
  }
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < actual.length && j < expected.length) {
    if (actual[i] === expected[j]) {
      out.push(common(actual[i]));
      i++;
      j++;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      out.push(removed(actual[i++]));
    } else {
      out.push(added(expected[j++]));
    }
  }
  return [
    ...out,
    ...actual.slice(i).map(removed),
    ...expected.slice(j).map(added),
  ];
}

function common(line: string): string {
  return `    ${line}`;
}

function removed(line: string): string {
  return `-   ${line}`;
}

function added(line: string): string {
  return `+   ${line}`;
}
