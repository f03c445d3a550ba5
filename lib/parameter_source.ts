import { IreeError } from "./error.ts";
import type { Instance } from "./instance.ts";
import { ParameterIndex, type ParameterMode } from "./parameter_index.ts";
import {
  checkProvider,
  type ParameterProvider,
  ParametersModule,
} from "./parameters_module.ts";
import { isReadableFile } from "./permissions.ts";

/**
 * Parameters to load: the path of a file, as `file` or `scope=file`; its URL; or
 * an index with its scope, which stays the caller's.
 */
export type ParameterSource = string | URL | ParameterProvider;

/** A file of parameters and its scope. */
export interface ScopedFile {
  /** Name of the scope; empty when none is named. */
  readonly scope: string;
  /** The file. */
  readonly path: string;
}

/**
 * Reads `file` or `scope=file`. An existing file of the whole name wins, since
 * paths may hold `=` too.
 *
 * @param text The text.
 */
export function parseScopedFile(text: string): ScopedFile {
  const at = text.indexOf("=");
  if (at < 0 || isReadableFile(text)) return { scope: "", path: text };
  return { scope: text.slice(0, at), path: text.slice(at + 1) };
}

/**
 * Creates the module of parameters from files and indices; those of one scope
 * are put together.
 *
 * @param instance The instance.
 * @param sources Where they are.
 * @param mode How programs get the contents of files.
 */
export function loadParameters(
  instance: Instance,
  sources: readonly ParameterSource[],
  mode?: ParameterMode,
): ParametersModule {
  using stack = new DisposableStack();
  const providers = indexParameters(instance, sources, mode, stack);
  return ParametersModule.create(instance, providers);
}

/**
 * Makes an index for each scope of files; indices of the caller's are passed on.
 *
 * @param instance The instance.
 * @param sources Where the parameters are.
 * @param mode How programs get the contents of files.
 * @param stack Owns the indices that are made.
 * @returns The indices with their scopes, in the order of their first sources.
 */
export function indexParameters(
  instance: Instance,
  sources: readonly ParameterSource[],
  mode: ParameterMode | undefined,
  stack: DisposableStack,
): ParameterProvider[] {
  const made = new Map<string, ParameterIndex>();
  const providers: ParameterProvider[] = [];
  for (const source of sources) {
    if (typeof source !== "string" && !(source instanceof URL)) {
      checkProvider(source);
      providers.push(source);
      continue;
    }
    const { scope, path } = source instanceof URL
      ? { scope: "", path: source }
      : parseScopedFile(source);
    let index = made.get(scope);
    if (index === undefined) {
      index = stack.use(ParameterIndex.create(instance));
      made.set(scope, index);
      providers.push({ scope, index });
    }
    index.addFile(path, { mode });
  }
  return providers;
}

/**
 * Takes one source or several.
 *
 * @param parameters What a user gave as the option.
 */
export function toSources(
  parameters: ParameterSource | readonly ParameterSource[] | undefined,
): readonly ParameterSource[] {
  if (parameters === undefined) return [];
  if (Array.isArray(parameters)) return parameters;
  if (typeof parameters === "object" || typeof parameters === "string") {
    return [parameters as ParameterSource];
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "parameters are paths, URLs or providers, one or an array of them",
  );
}
