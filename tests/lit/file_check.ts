/**
 * What IREE's lit tests use of LLVM's FileCheck, which no package has:
 *
 *     file_check.ts CHECKS [--check-prefix=PREFIX] <OUTPUT
 *
 * @module
 */

/** A line of checks. */
interface Check {
  readonly kind: string;
  readonly text: string;
  /** Whether the text has no patterns. */
  readonly isLiteral: boolean;
}

/** Reads the checks of a file. */
export function readChecks(text: string, prefixes: readonly string[]): Check[] {
  const pattern = new RegExp(
    `(?:^|[^\\w-])(?:${prefixes.join("|")})` +
      "(-NEXT|-SAME|-NOT|-DAG|-LABEL|-EMPTY|-COUNT-\\d+)?(\\{LITERAL\\})?:(.*)$",
  );
  return text.split("\n").flatMap((line) => {
    const found = pattern.exec(line);
    return found === null ? [] : [{
      kind: found[1] ?? "",
      text: found[3]!.trim(),
      isLiteral: found[2] !== undefined,
    }];
  });
}

/** The pattern of a check; variables have values by now. */
function toPattern(
  { text, isLiteral }: Check,
  variables: ReadonlyMap<string, string>,
): RegExp {
  if (isLiteral) return new RegExp(RegExp.escape(text), "g");
  const source = text.split(/(\{\{.*?\}\}|\[\[.*?\]\])/).map((part) => {
    if (part.startsWith("{{")) return `(?:${part.slice(2, -2)})`;
    if (!part.startsWith("[[")) {
      return RegExp.escape(part).replaceAll(/(?:\\x20|\\t|\s)+/g, "[ \\t]+");
    }
    const [name = "", ...regex] = part.slice(2, -2).split(":");
    if (regex.length === 0) return RegExp.escape(variables.get(name) ?? "");
    return `(?<${name}>${regex.join(":")})`;
  }).join("");
  return new RegExp(source, "g");
}

/**
 * Checks an output.
 *
 * @returns The first check that fails.
 */
export function findFailure(
  checks: readonly Check[],
  output: string,
): Check | undefined {
  const variables = new Map<string, string>();
  let at = 0;
  let excluded: Check[] = [];
  const search = (check: Check, from: number) => {
    const pattern = toPattern(check, variables);
    pattern.lastIndex = from;
    return pattern.exec(output) ?? undefined;
  };
  for (const check of checks) {
    const { kind } = check;
    if (kind === "-NOT") {
      excluded.push(check);
      continue;
    }
    const count = Number(/\d+$/.exec(kind)?.[0] ?? 1);
    const lineEnd = output.indexOf("\n", at);
    for (let i = 0; i < count; i++) {
      const from = kind === "-NEXT" || kind === "-EMPTY" ? lineEnd + 1 : at;
      const found = kind === "-EMPTY"
        ? /^$/m.exec(output.slice(from, from + 1)) ?? undefined
        : search(check, from);
      if (found === undefined) return check;
      const start = kind === "-EMPTY" ? from : found.index;
      const between = output.slice(from, start);
      const isNear = kind === "-NEXT" || kind === "-SAME";
      if (isNear && between.includes("\n")) return check;
      const skipped = excluded.find((it) => {
        const unwanted = search(it, at);
        return unwanted !== undefined && unwanted.index < start;
      });
      if (skipped !== undefined) return skipped;
      for (const [name, value] of Object.entries(found.groups ?? {})) {
        variables.set(name, value!);
      }
      // Checks in any order search from the same place.
      if (kind !== "-DAG") at = start + found[0].length;
    }
    excluded = [];
  }
  return excluded.find((it) => search(it, at) !== undefined);
}

if (import.meta.main) {
  const [file = "", ...flags] = Deno.args.toSorted((a, b) =>
    Number(a.startsWith("-")) - Number(b.startsWith("-"))
  );
  const prefixes = flags.flatMap((flag) =>
    /^--?check-prefix(?:es)?=(.*)$/.exec(flag)?.[1]?.split(",") ?? []
  );
  const output = await new Response(Deno.stdin.readable).text();
  const checks = readChecks(
    Deno.readTextFileSync(file),
    prefixes.length > 0 ? prefixes : ["CHECK"],
  );
  const failure = checks.length === 0
    ? { kind: "", text: "no checks", isLiteral: true }
    : findFailure(checks, output);
  if (failure !== undefined) {
    console.error(`check${failure.kind}: ${failure.text}\noutput:\n${output}`);
    Deno.exit(1);
  }
}
