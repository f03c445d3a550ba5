/**
 * Makes the output of `deno bundle` quicker to load. Its `--minify` also renames
 * classes, whose names are in messages.
 *
 * @module
 */

/** What precedes a regular expression, rather than an operator `/`. */
const BEFORE_REGEXP =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await|yield|else))\s*$/;

const STRING = /(["'])(?:\\.|(?!\1)[^\\])*\1/y;
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\//y;
const COMMENT = /\/\/.*|\/\*.*?\*\//y;

/**
 * Returns a program without its indentation, empty lines, and comments that are
 * lines of their own. Other characters than ASCII are escaped, since one of them
 * makes V8 store two bytes for each character of a file.
 *
 * @param text The program, as `deno bundle` writes it.
 */
export function removeIndentation(text: string): string {
  const kept: string[] = [];
  const scanner = new Scanner();
  let isInComment = false;
  for (const line of text.split("\n")) {
    if (scanner.isInTemplate) {
      kept.push(escapeUnlessTagged(line, scanner));
      continue;
    }
    const code = line.trimStart();
    isInComment ||= /^\/\*(?!.*\*\/.)/.test(code);
    if (isInComment) {
      isInComment = !code.endsWith("*/");
    } else if (code !== "" && !code.startsWith("//")) {
      kept.push(escapeUnlessTagged(code, scanner));
    }
  }
  return `${kept.join("\n")}\n`;
}

/** Reads a line. Functions that tag a template, as `String.raw`, see escapes. */
function escapeUnlessTagged(line: string, scanner: Scanner): string {
  const isTagged = scanner.isTagged;
  const { tagged } = scanner;
  scanner.read(line);
  return isTagged || scanner.tagged > tagged ? line : escapeCharacters(line);
}

function escapeCharacters(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Finds the lines that start within a template. */
class Scanner {
  /** Whether the text read so far ends within the text of a template. */
  isInTemplate = false;
  /** Number of tagged templates so far. */
  tagged = 0;
  /** Whether each template that is not closed is tagged. */
  readonly #templates: boolean[] = [];
  /** The open braces of each `${` that is not closed. */
  readonly #braces: number[] = [];

  /** Whether the text read so far ends within a tagged template. */
  get isTagged(): boolean {
    return this.#templates.includes(true);
  }

  /** Reads a line. */
  read(line: string): void {
    for (let at = 0; at < line.length;) {
      at = this.isInTemplate
        ? this.#readTemplate(line, at)
        : this.#readCode(line, at);
    }
  }

  #readTemplate(line: string, at: number): number {
    if (line[at] === "\\") return at + 2;
    if (line[at] === "`") {
      this.isInTemplate = false;
      this.#templates.pop();
    } else if (line.startsWith("${", at)) {
      this.#braces.push(0);
      this.isInTemplate = false;
      return at + 2;
    }
    return at + 1;
  }

  #readCode(line: string, at: number): number {
    const end = skipToken(line, at);
    if (end > at) return end;
    const innermost = this.#braces.length - 1;
    if (line[at] === "`") {
      const isTagged = /[\w$)\]]$/.test(line.slice(0, at));
      if (isTagged) this.tagged++;
      this.#templates.push(isTagged);
      this.isInTemplate = true;
    } else if (innermost >= 0 && line[at] === "{") {
      this.#braces[innermost]!++;
    } else if (innermost >= 0 && line[at] === "}") {
      if (this.#braces[innermost] === 0) {
        this.#braces.pop();
        this.isInTemplate = true;
      } else {
        this.#braces[innermost]!--;
      }
    }
    return at + 1;
  }
}

/** The end of a string, a comment or a regular expression, if one is there. */
function skipToken(line: string, at: number): number {
  if (/["']/.test(line[at]!)) return skip(STRING, line, at);
  if (line[at] !== "/") return at;
  if (/[/*]/.test(line[at + 1] ?? "")) return skip(COMMENT, line, at);
  return BEFORE_REGEXP.test(line.slice(0, at)) ? skip(REGEXP, line, at) : at;
}

function skip(token: RegExp, line: string, at: number): number {
  token.lastIndex = at;
  return token.test(line) ? token.lastIndex : at;
}
