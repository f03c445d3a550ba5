import type { FlagTable } from "../common/flags.ts";
import { joinValues } from "../common/model_flags.ts";
import { UsageError } from "../common/usage_error.ts";

/** Arguments of `iree compile`. */
export interface CompileArguments {
  /** Arguments for the command's own flags. */
  readonly own: readonly string[];
  /** The file to compile. */
  readonly file: string | undefined;
  /** Flags for IREE's compiler. */
  readonly compilerFlags: readonly string[];
}

/**
 * Separates the command's own flags from those of IREE's compiler.
 *
 * @param args The arguments.
 * @param table The command's own flags.
 */
export function splitArguments(
  args: readonly string[],
  table: FlagTable,
): CompileArguments {
  const own: string[] = [];
  const compilerFlags: string[] = [];
  let file: string | undefined;
  for (const arg of joinValues(args)) {
    if (/^--no-(?:cache|clean|isolate)$/.test(arg)) {
      own.push(`--${arg.slice("--no-".length)}=false`);
    } else if (arg === "-h" || isOwn(arg, table)) {
      own.push(arg);
    } else if (arg.startsWith("-") && arg !== "-") {
      compilerFlags.push(arg);
    } else if (file === undefined) {
      file = arg;
    } else {
      throw new UsageError(
        `unexpected argument '${arg}'; one FILE is compiled, and flags are ` +
          "--name=value",
      );
    }
  }
  return { own, file, compilerFlags };
}

function isOwn(arg: string, table: FlagTable): boolean {
  const name = /^--([\w-]+)(?:=|$)/.exec(arg)?.[1];
  return name !== undefined && Object.hasOwn(table, name.replaceAll("-", "_"));
}
