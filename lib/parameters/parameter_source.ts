import { copyArray, copyIterable, isArray, isUrl } from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { isReadableFile, toPath } from "../base/permissions.ts";
import { runNow, type Steps } from "../base/steps.ts";
import type { ParameterFileOptions } from "./options.ts";
import { addFileSteps, ParameterIndex } from "./parameter_index.ts";
import {
  checkReader,
  isParameterReader,
  type ParameterReader,
} from "./parameter_reader.ts";
import {
  checkProvider,
  type ParameterProvider,
  ParametersModule,
} from "./parameters_module.ts";

/**
 * Parameters to load: the path of a file, as `file` or `scope=file`; its URL;
 * an index with its scope, which the caller still owns; or a function that reads
 * the parameters of a scope.
 */
export type ParameterSource =
  | string
  | URL
  | ParameterProvider
  | ParameterReader;

/** A parameter file and its scope. */
export interface ScopedFile {
  /** Scope name; empty if omitted. */
  readonly scope: string;
  /** The file. */
  readonly path: string;
}

/**
 * Parses `file` or `scope=file`. If a file with the whole name exists, it wins,
 * since paths may contain `=`.
 *
 * @param text The text.
 */
export function parseScopedFile(text: string): ScopedFile {
  const at = text.indexOf("=");
  if (at < 0 || isReadableFile(text)) return { scope: "", path: text };
  return { scope: text.slice(0, at), path: text.slice(at + 1) };
}

/**
 * Indexes parameter files, with one index per scope. Needs `--allow-read` for
 * them.
 *
 * @example
 * ```ts ignore
 * import { indexParameterFiles, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * const files = ["model=a.safetensors", "model=b.irpa"];
 * for (const { scope, index } of indexParameterFiles(instance, files)) {
 *   using _ = index;
 *   console.log(scope, index.entries.length);
 * }
 * ```
 *
 * @param instance The instance.
 * @param files Each as `file` or `scope=file`, or its URL.
 * @param options How programs access the contents.
 * @returns The indices with their scopes, in the order of their first files.
 * Dispose the indices. Throws like `ParameterIndex.addFile`.
 */
export function indexParameterFiles(
  instance: Instance,
  files: Iterable<string | URL>,
  options?: ParameterFileOptions,
): ParameterProvider[] {
  return runNow(indexFilesSteps(instance, files, options));
}

function* indexFilesSteps(
  instance: Instance,
  files: Iterable<string | URL>,
  options: ParameterFileOptions | undefined,
): Steps<ParameterProvider[]> {
  const paths = copyIterable("files", files, toPath);
  const indices = new Map<string, ParameterIndex>();
  try {
    for (const file of paths) {
      const { scope, path } = isUrl(file)
        ? { scope: "", path: file }
        : parseScopedFile(file);
      const index = indices.get(scope) ?? ParameterIndex.create(instance);
      indices.set(scope, index);
      yield* addFileSteps(index, path, options);
    }
  } catch (error) {
    for (const index of indices.values()) index.dispose();
    throw error;
  }
  return indices.entries()
    .map(([scope, index]) => ({ scope, index })).toArray();
}

/**
 * Creates the parameters module from files and indices.
 *
 * @param instance The instance.
 * @param sources Files and indices.
 * @param options How programs access the contents of files.
 */
export function* loadParameters(
  instance: Instance,
  sources: readonly ParameterSource[],
  options: ParameterFileOptions,
): Steps<ParametersModule> {
  const given = sources.filter((it): it is Exclude<typeof it, string | URL> =>
    !isFile(it)
  );
  using stack = new DisposableStack();
  const indexed = yield* indexFilesSteps(
    instance,
    sources.filter(isFile),
    options,
  );
  for (const { index } of indexed) stack.use(index);
  return ParametersModule.create(instance, [...indexed, ...given]);
}

function isFile(source: ParameterSource): source is string | URL {
  return typeof source === "string" || isUrl(source);
}

/**
 * Accepts one source or several.
 *
 * @param parameters The option's value.
 */
export function toSources(
  parameters: ParameterSource | readonly ParameterSource[] | undefined,
): readonly ParameterSource[] {
  if (parameters === undefined) return [];
  if (isArray(parameters)) return copyArray("parameters", parameters, check);
  check(parameters);
  return [parameters];
}

function check(source: ParameterSource): void {
  if (isFile(source)) return;
  if (isParameterReader(source)) checkReader(source);
  else checkProvider(source);
}
