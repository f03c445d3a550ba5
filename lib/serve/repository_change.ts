import { IreeError } from "../base/error.ts";
import type { ModelRepository } from "./model_repository.ts";
import { badRequest, notFound } from "./http_errors.ts";

/** Parameters of requests to the repository that are accepted. */
const PARAMETERS: ReadonlySet<string> = new Set(["unload_dependents"]);

/** Returns the server's repository; rejects requests to one that is not there. */
export function needRepository(
  { repository }: { readonly repository?: ModelRepository },
): ModelRepository {
  if (repository !== undefined) return repository;
  throw notFound("the server has no model repository");
}

/**
 * Loads or unloads a model for a client.
 *
 * @param repository The repository.
 * @param kind Which of both.
 * @param name The model's name.
 * @param parameters Names of the request's parameters.
 */
export async function changeModel(
  repository: ModelRepository,
  kind: "load" | "unload",
  name: string,
  parameters: readonly string[],
): Promise<void> {
  const unsupported = parameters.find((it) => !PARAMETERS.has(it));
  if (unsupported !== undefined) {
    throw badRequest(`parameter '${unsupported}' is not supported`);
  }
  try {
    await repository[kind](name);
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    if (error.code === "NOT_FOUND") throw notFound(error.detail);
    throw badRequest(`model '${name}': ${error.detail}`);
  }
}
