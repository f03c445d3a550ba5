/** One name or several. */
type NameList = string | readonly string[];

/** Options for {@linkcode parseArgs}. */
export interface ParseOptions {
  /**
   * Puts arguments after `--` under `"--"`, not into `_`.
   *
   * @default {false}
   */
  "--"?: boolean;

  /**
   * Other names of a flag.
   *
   * @default {{}}
   */
  alias?: Readonly<Record<string, NameList>>;

  /**
   * Flags without a value, `false` by default. `true` means every `--flag`
   * without an equals sign.
   *
   * @default {false}
   */
  boolean?: boolean | NameList;

  /**
   * Values of absent flags.
   *
   * @default {{}}
   */
  default?: Readonly<Record<string, unknown>>;

  /**
   * Stops at the first positional argument: it and all others go into `_`.
   *
   * @default {false}
   */
  stopEarly?: boolean;

  /**
   * Flags whose value stays a string. With `_`, positional arguments do too.
   *
   * @default {[]}
   */
  string?: NameList;

  /**
   * Flags that may be repeated, as a list of their values.
   *
   * @default {[]}
   */
  collect?: NameList;

  /**
   * Flags that `--no-name` sets to `false`.
   *
   * @default {[]}
   */
  negatable?: NameList;

  /**
   * Called with each argument that no option above names; `false` drops it.
   * `collect`, `negatable` and `default` do not make a flag known.
   */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * The result of {@linkcode parseArgs}: the flags by name, positional arguments
 * as `_`, and those after `--` on request.
 */
export type Args<Options extends ParseOptions = ParseOptions> =
  & Record<string, unknown>
  & { _: Array<string | number> }
  & (Options["--"] extends true ? { "--": string[] } : unknown)
  & Aliased<FlagsAlwaysSet<Options>, Options>
  & Partial<Aliased<FlagsSetIfGiven<Options>, Options>>;

/** The names that one option lists, if the checker knows them. */
type Listed<Options, Key extends keyof ParseOptions> = Options extends
  Record<Key, infer List>
  ? List extends readonly (infer Name extends string)[] ? Known<Name>
  : Known<Extract<List, string>>
  : never;

/** A known name other than `_`. */
type Known<Name extends string> = string extends Name ? never
  : Exclude<Name, "_">;

/** The names that `default` has values for. */
type Defaulted<Options> = Options extends { default: infer Defaults }
  ? Known<Extract<keyof Defaults, string>>
  : never;

/**
 * Names of flags that always have a value. A flag that is only collected does
 * not count.
 */
type AlwaysSet<Options> =
  | Listed<Options, "boolean">
  | Extract<Listed<Options, "string">, Listed<Options, "collect">>
  | Defaulted<Options>;

type Named<Options> =
  | Listed<Options, "string">
  | Listed<Options, "collect">;

type FlagsAlwaysSet<Options> = {
  [Name in AlwaysSet<Options>]: FlagValue<Name, Options>;
};

type FlagsSetIfGiven<Options> = {
  [Name in Exclude<Named<Options>, AlwaysSet<Options>>]: FlagValue<
    Name,
    Options
  >;
};

/** The type of one flag: its values or its default. */
type FlagValue<Name extends string, Options> =
  | (Name extends Listed<Options, "collect"> ? Single<Name, Options>[]
    : Single<Name, Options>)
  | (Name extends Listed<Options, "boolean"> ? never
    : Name extends Listed<Options, "negatable"> ? false
    : never)
  | DefaultOf<Name, Options>;

/** The type of one value of a flag. */
type Single<Name extends string, Options> = Name extends
  Listed<Options, "boolean"> ? boolean
  : Name extends Listed<Options, "string"> ? string
  : unknown;

type DefaultOf<Name extends string, Options> = Options extends {
  default: Readonly<Record<Name, infer Value>>;
} ? Widened<Value>
  : never;

/** A literal's type widened, as if not inferred as a constant. */
type Widened<Value> = Value extends string ? string
  : Value extends number ? number
  : Value extends boolean ? boolean
  : Value extends readonly (infer Item)[] ? Widened<Item>[]
  : Value;

/** The flags under their names and their aliases. */
type Aliased<Flags, Options> = {
  [Name in keyof Flags as Name | AliasOf<Name, Options>]: Flags[Name];
};

type AliasOf<Name, Options> = Options extends { alias: infer Aliases }
  ? Name extends keyof Aliases
    ? Aliases[Name] extends readonly (infer Alias extends string)[] ? Alias
    : Extract<Aliases[Name], string>
  : never
  : never;
