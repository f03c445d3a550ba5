import {
  indexParameterFiles,
  type Instance,
  type ParameterIndex,
  type ParameterMode,
  type ParameterProvider,
} from "../../../mod.ts";
import { Progress } from "../common/progress.ts";
import { UsageError } from "../common/usage_error.ts";

/** `--parameters`. */
export const PARAMETERS_FLAG = {
  kind: "list",
  value: "[SCOPE=]FILE",
  help: [
    "A file of parameters: .irpa, .gguf or .safetensors. Repeat it for several;",
    "those of one scope are put together. Can be given without the flag's name.",
  ],
} as const;

/** `--parameter_mode`. */
export const PARAMETER_MODE_FLAG = {
  kind: "choice",
  choices: ["file", "preload", "mmap"],
  help: [
    "How contents are reached: read from the files when they are wanted, read",
    "into memory at the start, or mapped.",
  ],
} as const;

/** `--output` of what writes an archive. */
export const OUTPUT_FLAG = {
  kind: "text",
  value: "FILE",
  help: ["The archive to write, an .irpa."],
} as const;

/** `--quiet` of what writes an archive. */
export const QUIET_FLAG = {
  kind: "boolean",
  help: ["Does not list what the archive has."],
} as const;

/** Arguments that are flags, and those that name files. */
export function splitArguments(
  args: readonly string[],
): { readonly flags: readonly string[]; readonly files: readonly string[] } {
  const isFlag = (arg: string) => arg.startsWith("-");
  return {
    flags: args.filter(isFlag),
    files: args.filter((arg) => !isFlag(arg)),
  };
}

/**
 * Indexes the files that a command line names.
 *
 * @param instance The instance.
 * @param files The files, each with its scope.
 * @param mode How contents are reached.
 * @param stack Owns the indices.
 */
export function openFiles(
  instance: Instance,
  files: readonly string[],
  mode: string,
  stack: DisposableStack,
): readonly ParameterProvider[] {
  if (files.length === 0) {
    throw new UsageError(
      "no file of parameters is named; use --parameters=[scope=]file",
    );
  }
  const providers = indexParameterFiles(instance, files, {
    mode: mode as ParameterMode,
  });
  for (const { index } of providers) stack.use(index);
  return providers;
}

/**
 * Makes sure that an archive to write is named.
 *
 * @param output Value of `--output`.
 */
export function needOutput(output: string | undefined): string {
  if (output) return output;
  throw new UsageError("no archive to write is named; use --output=file.irpa");
}

/**
 * Writes an archive, and shows at a terminal how far that is.
 *
 * @param index What to write.
 * @param path Where to.
 * @param options How.
 */
export function writeWithProgress(
  index: ParameterIndex,
  path: string,
  options: {
    readonly alignment?: number | undefined;
    readonly expand?: Iterable<string>;
  },
): void {
  using progress = Deno.stderr.isTerminal()
    ? new Progress(`writing ${path}`)
    : undefined;
  const onProgress = (written: number, total: number) =>
    progress?.show(written, total);
  index.writeArchive(path, { ...options, onProgress });
}

/**
 * Splits at the first separator.
 *
 * @param text The text.
 * @param separator What parts it.
 * @returns What is before and what is after it; `undefined` when it is not
 * there.
 */
export function splitOnce(
  text: string,
  separator: string,
): readonly [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0
    ? [text, undefined]
    : [text.slice(0, at), text.slice(at + separator.length)];
}
