import { badRequest, notFound } from "./http_errors.ts";

type Parameters = Readonly<Record<string, unknown>>;

/**
 * Rejects a tensor in shared memory, of which the server has none, as Triton
 * rejects a region that it does not have.
 *
 * @param parameters The tensor's parameters.
 */
export function rejectSharedMemory(
  { shared_memory_region: region }: Parameters,
): void {
  if (region === undefined) return;
  throw notFound(`Unable to find shared memory region: '${region}'`);
}

/**
 * Rejects what outputs cannot be.
 *
 * @param name The output's name.
 * @param parameters Its parameters.
 */
export function rejectOutputParameters(
  name: string,
  parameters: Parameters,
): void {
  rejectSharedMemory(parameters);
  const { classification } = parameters;
  if (classification === undefined || classification === 0) return;
  throw badRequest(`output '${name}': classification is not supported`);
}
