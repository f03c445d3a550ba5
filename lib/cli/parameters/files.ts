import {
  indexParameterFiles,
  type Instance,
  type ParameterIndex,
  type ParameterMode,
  type ParameterProvider,
} from "../../../mod.ts";
import { InterruptionWatch } from "../common/interruption.ts";
import { Progress } from "../common/progress.ts";
import { UsageError } from "../common/usage_error.ts";

/** `--parameters`. */
export const PARAMETERS_FLAG = {
  kind: "list",
  value: "[SCOPE=]FILE",
  help: [
    "A parameter file: .irpa, .gguf or .safetensors. Repeat for several; those",
    "with the same scope are combined. The flag's name is optional.",
  ],
} as const;

/** The `--parameter_mode` flag. */
export const PARAMETER_MODE_FLAG = {
  kind: "choice",
  choices: ["file", "preload", "mmap"],
  help: [
    "How to access contents: read from the files when needed (file), read into",
    "memory up front (preload), or map (mmap).",
  ],
} as const;

/** The `--output` flag of commands that write an archive. */
export const OUTPUT_FLAG = {
  kind: "text",
  value: "FILE",
  help: ["The archive to write (.irpa)."],
} as const;

/** The `--quiet` flag of commands that write an archive. */
export const QUIET_FLAG = {
  kind: "boolean",
  help: ["Does not list the archive's parameters."],
} as const;

/** Splits arguments into flags and files. */
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
 * Indexes parameter files.
 *
 * @param instance The instance.
 * @param files The files, each with its scope.
 * @param mode How to access contents.
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
      "no parameter file given; use --parameters=[scope=]file",
    );
  }
  const providers = indexParameterFiles(instance, files, {
    mode: mode as ParameterMode,
  });
  for (const { index } of providers) stack.use(index);
  return providers;
}

/**
 * Checks that an output archive is given.
 *
 * @param output Value of `--output`.
 */
export function needOutput(output: string | undefined): string {
  if (output) return output;
  throw new UsageError("no output archive given; use --output=file.irpa");
}

/**
 * Writes an archive, with progress on a terminal.
 *
 * @param index The parameters to write.
 * @param path The archive's path.
 * @param options The write options.
 */
export async function writeWithProgress(
  index: ParameterIndex,
  path: string,
  options: {
    readonly alignment?: number | undefined;
    readonly expand?: Iterable<string>;
  },
): Promise<void> {
  using progress = Deno.stderr.isTerminal()
    ? new Progress(`writing ${path}`)
    : undefined;
  const onProgress = (written: number, total: number) =>
    progress?.show(written, total);
  using watch = new InterruptionWatch();
  const { signal } = watch;
  await index.writeArchiveAsync(path, { ...options, onProgress, signal });
}

/**
 * Splits at the first separator.
 *
 * @param text The text.
 * @param separator The separator.
 * @returns The text before and after it; `undefined` if it does not occur.
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
