/**
 * Stands in for `@std/cli/parse-args` where JSR cannot be reached: parses
 * command lines the same way. Its types are weaker: no dotted names, and an
 * option's type is `unknown` where the package says `any`.
 *
 * `tests/offline/parse_args_test.ts` specifies both.
 *
 * @module
 */

import type { Args, ParseOptions } from "./types.ts";

export type { Args, ParseOptions } from "./types.ts";

type Value = string | number | boolean;

/** Flags by name; a dot in a name leads into a nested one. */
type Tree = { [key: string]: unknown };

/** The options, as sets of names that include aliases. */
interface Rules {
  /** The other names of each name. */
  aliases: Map<string, string[]>;
  booleans: Set<string>;
  strings: Set<string>;
  collected: Set<string>;
  negatable: Set<string>;
  allBoolean: boolean;
  unknown: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * Reads a command line.
 *
 * `--name=value`, `--name value`, `--name`, `-n value` and `-n` are flags, and
 * `-abc` is three. All other arguments go into `_`, as do those after `--`.
 * Text that looks like a number becomes one, unless the flag is a `string`. The
 * last value of a repeated flag counts, unless it is collected.
 *
 * @param args The arguments, such as `Deno.args`.
 * @param options The flags to expect.
 * @returns The flags by name, and the other arguments as `_`.
 *
 * @example
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 *
 * const flags = parseArgs(["--module=a.vmfb", "--help", "main"], {
 *   string: ["module"],
 *   collect: ["module"],
 *   boolean: ["help"],
 * });
 * flags.module; // ["a.vmfb"]
 * flags.help; // true
 * flags._; // ["main"]
 * ```
 */
export function parseArgs<const Options extends ParseOptions = ParseOptions>(
  args: string[],
  options?: Options,
): Args<Options> {
  const given: ParseOptions = options ?? {};
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const after = end < 0 ? [] : args.slice(end + 1);

  const reader = new Reader(rulesFrom(given));
  reader.read(before, given.stopEarly ?? false);
  reader.fill(given.default ?? {});
  if (given["--"]) reader.flags["--"] = after;
  else reader.rest.push(...after);
  return reader.flags as Args<Options>;
}

/** Parses arguments into flags, one by one. */
class Reader {
  readonly rest: Array<string | number> = [];
  readonly flags: Tree = { _: this.rest };
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** Parses all of `args`, which has no `--`. */
  read(args: string[], stopEarly: boolean): void {
    const { strings, unknown } = this.#rules;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg.startsWith("-") && arg !== "-") {
        const tookNext = arg.startsWith("--")
          ? this.#readLong(arg, args[i + 1])
          : this.#readShort(arg, args[i + 1]);
        if (tookNext) i++;
        continue;
      }
      if (unknown(arg) !== false) {
        this.rest.push(strings.has("_") ? arg : numberOr(arg));
      }
      if (stopEarly) {
        this.rest.push(...args.slice(i + 1));
        return;
      }
    }
  }

  /** Fills in absent flags: defaults, then `false` and empty lists. */
  fill(defaults: Readonly<Record<string, unknown>>): void {
    const { aliases, booleans, collected, strings } = this.#rules;
    for (const [key, value] of Object.entries(defaults)) {
      if (hasPath(this.flags, key)) continue;
      for (const name of [key, ...aliases.get(key) ?? []]) {
        setPath(this.flags, name, value);
      }
    }
    for (const key of [...booleans, ...strings]) {
      if (hasPath(this.flags, key)) continue;
      if (collected.has(key)) setPath(this.flags, key, []);
      else if (booleans.has(key)) setPath(this.flags, key, false);
    }
  }

  /** Parses `--…`; returns whether it consumed the next argument. */
  #readLong(arg: string, next: string | undefined): boolean {
    const { allBoolean, booleans, negatable } = this.#rules;
    const negated = arg.startsWith("--no-") && arg.length > "--no-".length;
    const [name, value] = splitValue(arg.slice(negated ? 5 : 2));
    if (value !== undefined) {
      this.#set(name, booleans.has(name) ? value !== "false" : value, arg);
      return false;
    }
    if (negated && negatable.has(name)) {
      this.#set(name, false, arg, false);
      return false;
    }
    const key = negated ? `no-${name}` : name;
    const takesNext = !allBoolean && !next?.startsWith("-");
    return this.#setFromNext(key, arg, next, takesNext);
  }

  /** Parses `-…`; returns whether it consumed the next argument. */
  #readShort(arg: string, next: string | undefined): boolean {
    const last = arg.length - 1;
    for (let i = 1; i < last; i++) {
      const letter = arg.charAt(i);
      const tail = arg.slice(i + 1);
      if (tail === "-") {
        this.#set(letter, tail, arg);
        continue;
      }
      const value = shortValue(letter, tail);
      if (value !== undefined) {
        this.#set(letter, value, arg);
        return false;
      }
      this.#set(letter, this.#bare(letter), arg);
    }
    if (arg[last] === "-") return false;
    const takesNext = !/^--?[^-]/.test(next ?? "");
    return this.#setFromNext(arg.charAt(last), arg, next, takesNext);
  }

  /**
   * Sets a flag without `=value`: to the next argument if the flag accepts it,
   * else to a following `true` or `false`, else to no value. Returns whether it
   * consumed the next argument.
   */
  #setFromNext(
    key: string,
    arg: string,
    next: string | undefined,
    takesNext: boolean,
  ): boolean {
    const { aliases, booleans } = this.#rules;
    const isBoolean = [key, ...aliases.get(key) ?? []]
      .some((name) => booleans.has(name));
    if (next && takesNext && !isBoolean) {
      this.#set(key, next, arg);
      return true;
    }
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return true;
    }
    this.#set(key, this.#bare(key), arg);
    return false;
  }

  /** The value of a flag without one. */
  #bare(key: string): Value {
    return this.#rules.strings.has(key) ? "" : true;
  }

  /** Sets a flag and its aliases, unless it is unknown and dropped. */
  #set(key: string, value: Value, arg: string, mayCollect = true): void {
    const { aliases, allBoolean, booleans, collected, strings, unknown } =
      this.#rules;
    const known = booleans.has(key) || strings.has(key) ||
      collected.has(key) || aliases.has(key) ||
      (allBoolean && /^--[^=]+$/.test(arg));
    if (!known && unknown(arg, key, value) === false) return;

    const read = typeof value === "string" && !strings.has(key)
      ? numberOr(value)
      : value;
    const collect = mayCollect && collected.has(key);
    for (const name of [key, ...aliases.get(key) ?? []]) {
      if (collect) pushPath(this.flags, name, read);
      else setPath(this.flags, name, read);
    }
  }
}

function rulesFrom(options: ParseOptions): Rules {
  const aliases = new Map<string, string[]>();
  for (const [key, names] of Object.entries(options.alias ?? {})) {
    const group = [key, ...listed(names)];
    for (const name of group) {
      aliases.set(name, group.filter((other) => other !== name));
    }
  }
  const named = (names: ParseOptions["string"]): Set<string> =>
    new Set(
      listed(names).flatMap((name) => [name, ...aliases.get(name) ?? []]),
    );
  const { boolean } = options;
  return {
    aliases,
    booleans: named(typeof boolean === "boolean" ? undefined : boolean),
    strings: named(options.string),
    collected: named(options.collect),
    negatable: named(options.negatable),
    allBoolean: boolean === true,
    unknown: options.unknown ?? ((): boolean => true),
  };
}

function listed(names: ParseOptions["string"]): string[] {
  return [names ?? []].flat().filter((name) => name !== "");
}

/** Splits `name=value` at its first equals sign; the value may be empty. */
function splitValue(text: string): [name: string, value?: string] {
  const at = text.indexOf("=", 1);
  if (at < 0) return [text];
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The value after a letter in the same argument. It is the text after an equals
 * sign, or a tail that ends in a number or does not begin with a word
 * character.
 */
function shortValue(letter: string, tail: string): string | undefined {
  if (/[A-Za-z]/.test(letter)) {
    const value = /=(.+)/.exec(tail)?.[1];
    if (value !== undefined) return value;
    if (/\d(\.\d*)?(e-?\d+)?$/.test(tail)) return tail;
  }
  return tail.length > 1 && /^\W/.test(tail) ? tail : undefined;
}

function numberOr(text: string): string | number {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}

/** Finds the object that holds the last part of a dotted name. */
function walk(tree: Tree, name: string): [holder: Tree, key: string] {
  const keys = name.split(".");
  const key = keys.pop() ?? name;
  let holder = tree;
  for (const step of keys) holder = (holder[step] ??= {}) as Tree;
  return [holder, key];
}

function setPath(tree: Tree, name: string, value: unknown): void {
  const [holder, key] = walk(tree, name);
  holder[key] = value;
}

function pushPath(tree: Tree, name: string, value: unknown): void {
  const [holder, key] = walk(tree, name);
  const held = holder[key];
  if (Array.isArray(held)) held.push(value);
  else holder[key] = held ? [held, value] : [value];
}

function hasPath(tree: Tree, name: string): boolean {
  let holder: unknown = tree;
  for (const step of name.split(".")) {
    if (typeof holder !== "object" || holder === null) return false;
    if (!Object.hasOwn(holder, step)) return false;
    holder = (holder as Tree)[step];
  }
  return true;
}
