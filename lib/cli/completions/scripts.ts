import type { Commands } from "../common/command.ts";
import type { Flag, FlagTable } from "../common/flags.ts";

// The scripts contain all commands and flags, since starting Deno for each
// completion would be too slow.

/** What can follow a flag: nothing, a choice of words, or a file. */
function valuesOf(flag: Flag): "none" | "file" | readonly string[] {
  switch (flag.kind) {
    case "boolean":
      return "none";
    case "choice":
      return flag.choices ?? [];
    case "integer":
    case "number":
      return [];
    default:
      return "file";
  }
}

/** The flags that have an effect. */
function offered(table: FlagTable): [name: string, flag: Flag][] {
  return Object.entries(table).filter(([, { kind }]) => kind !== "refused");
}

/** The part of the help that fits on one line. */
function summaryOf(flag: Flag): string {
  const text = flag.help[0] ?? "";
  return /^.*?[.;](?= |$)/.exec(text)?.[0].slice(0, -1) ?? text;
}

/** Quotes text for all three shells, which treat `\` differently. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "")}'`;
}

/** The words that can follow a command's name, including `help`. */
function wordsAfter(commands: Commands): [name: string, words: string[]][] {
  return [
    ["help", Object.keys(commands)],
    ...Object.entries(commands).map(([name, { words = [] }]) =>
      [name, [...words]] as [string, string[]]
    ),
  ];
}

/** Generates the script for bash. */
export function bashScript(commands: Commands, own: FlagTable): string {
  const flags = (table: FlagTable) =>
    offered(table).flatMap(([name, flag]) => {
      const alone = flag.kind === "optional" ? [`--${name}`] : [];
      return valuesOf(flag) === "none"
        ? [`--${name}`]
        : [...alone, `--${name}=`];
    }).join(" ");
  const cases = wordsAfter(commands).map(([name, words]) =>
    `    ${name}) words=${quoted(words.join(" "))} ` +
    `flags=${quoted(flags(commands[name]?.flags ?? {}))} ;;`
  );
  const choices = Object.entries(commands).flatMap(([name, command]) =>
    offered(command.flags).flatMap(([flagName, flag]) => {
      const values = valuesOf(flag);
      if (typeof values === "string") return [];
      const words = quoted(values.join(" "));
      return [`        ${name}--${flagName}) values=${words} ;;`];
    })
  );
  return `# Completions of iree for bash: iree completions bash
_iree() {
  local line=\${COMP_LINE:0:COMP_POINT} IFS=$' \\t\\n'
  # The shell splits --flag=value, so the line is read instead.
  local current=\${line##*[[:space:]]} command= before=0 word
  for word in \${line%"$current"}; do
    case $word in -*) ;; *)
      ((before += 1))
      ((before == 2)) && command=$word ;;
    esac
  done
  local words=${quoted(["help", ...Object.keys(commands)].join(" "))}
  local flags=${quoted(flags(own))}
  case $command in
${cases.join("\n")}
  esac
  IFS=$'\\n'
  case $current in
    --*=*)
      local values=
      case $command\${current%%=*} in
${choices.join("\n")}
        *)
          COMPREPLY=($(compgen -f -- "\${current#*=}"))
          compopt -o filenames 2>/dev/null
          return ;;
      esac
      IFS=$' \\t\\n'
      COMPREPLY=($(compgen -W "$values" -- "\${current#*=}")) ;;
    -*)
      IFS=$' \\t\\n'
      COMPREPLY=($(compgen -W "$flags" -- "$current"))
      [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null ;;
    *)
      if [[ -n $words ]] && ((before < 3)) && [[ $before == 1 || -n $command ]]; then
        IFS=$' \\t\\n'
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      else
        COMPREPLY=($(compgen -f -- "$current"))
        compopt -o filenames 2>/dev/null
      fi ;;
  esac
}
complete -F _iree iree
`;
}

/** Generates the script for zsh. */
export function zshScript(commands: Commands, own: FlagTable): string {
  const text = (flag: Flag) => summaryOf(flag).replaceAll(/[[\]:]/g, "");
  const specs = (table: FlagTable) =>
    offered(table).map(([name, flag]) => {
      const values = valuesOf(flag);
      if (values === "none") return quoted(`--${name}[${text(flag)}]`);
      const repeats = flag.kind === "list" ? "*" : "";
      // Nothing, or a value: a second colon makes it optional in zsh.
      const optional = flag.kind === "optional" ? ":" : "";
      const title = (flag.value ?? "value").replaceAll(":", "");
      const action = values === "file" ? "_files" : `(${values.join(" ")})`;
      return quoted(
        `${repeats}--${name}=[${text(flag)}]${optional}:${title}:${action}`,
      );
    });
  const cases = wordsAfter(commands).map(([name, words]) => {
    const rest = words.length > 0
      ? [quoted(`1:word:(${words.join(" ")})`), quoted("*:file:_files")]
      : [quoted("*:file:_files")];
    const all = [...specs(commands[name]?.flags ?? {}), ...rest];
    return `    (${name}) _arguments ${all.join(" \\\n      ")} ;;`;
  });
  const summaries = Object.entries(commands).map(([name, { summary }]) =>
    `    ${quoted(`${name}:${summary.replaceAll(":", "")}`)}`
  );
  return `#compdef iree
# Completions of iree for zsh: iree completions zsh
_iree() {
  local -a commands
  commands=(
    'help:prints the help of a command'
${summaries.join("\n")}
  )
  local curcontext="$curcontext" state line
  _arguments -C ${specs(own).join(" \\\n    ")} \\
    '1:command:->command' '*::argument:->argument'
  case $state in
    (command) _describe command commands; return ;;
    (argument) ;;
    (*) return ;;
  esac
  case $line[1] in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _iree ]; then _iree "$@"; else compdef _iree iree; fi
`;
}

/** Generates the script for fish. */
export function fishScript(commands: Commands, own: FlagTable): string {
  const lines = ["# Completions of iree for fish: iree completions fish"];
  const add = (condition: string, rest: string) =>
    lines.push(`complete -c iree -n ${quoted(condition)} ${rest}`);
  const addFlags = (condition: string, table: FlagTable) => {
    for (const [name, flag] of offered(table)) {
      const values = valuesOf(flag);
      const value = values === "none" || flag.kind === "optional"
        ? ""
        : values === "file"
        ? "-r -F"
        : `-x -a ${quoted(values.join(" "))}`;
      const description = `-d ${quoted(summaryOf(flag))}`;
      add(condition, `-l ${name} ${value} ${description}`.replace("  ", " "));
    }
  };
  addFlags("__fish_use_subcommand", own);
  add("__fish_use_subcommand", `-f -a help -d 'prints the help of a command'`);
  for (const [name, { summary, flags }] of Object.entries(commands)) {
    add("__fish_use_subcommand", `-f -a ${name} -d ${quoted(summary)}`);
    addFlags(`__fish_seen_subcommand_from ${name}`, flags);
  }
  for (const [name, words] of wordsAfter(commands)) {
    if (words.length === 0) continue;
    const all = words.join(" ");
    const condition = `__fish_seen_subcommand_from ${name}; ` +
      `and not __fish_seen_subcommand_from ${
        words.filter((word) => word !== name).join(" ")
      }`;
    add(condition, `-f -a ${quoted(all)}`);
  }
  return `${lines.join("\n")}\n`;
}
