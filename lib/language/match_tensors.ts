import { IreeError } from "../base/error.ts";
import {
  type Configuration,
  kindOf,
  OPTIONAL,
  shapeOf,
} from "./configuration.ts";
import type { SourceTensor } from "./model_source.ts";

/** Tensors that files have and programs compute. */
const COMPUTED = /\.rotary_emb\.inv_freq$|\.attention\.masked_bias$/;

/** How many names a message lists. */
const MAX_NAMES = 5;

/**
 * Finds the tensor of each role.
 *
 * @param path The model, for messages.
 * @param found Tensors by name.
 * @param names Roles by the name of their tensor.
 * @param configuration Sizes of the model.
 * @returns Tensors by role; throws UNIMPLEMENTED for tensors without a role, and
 * INVALID_ARGUMENT for missing ones and wrong shapes.
 */
export function matchTensors(
  path: string,
  found: ReadonlyMap<string, SourceTensor>,
  names: ReadonlyMap<string, string>,
  configuration: Configuration,
): Map<string, SourceTensor> {
  const unknown = [...found.keys()].filter((name) =>
    !names.has(name) && !COMPUTED.test(name)
  );
  if (unknown.length > 0) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `'${path}' has tensors that are not supported: ${list(unknown)}`,
    );
  }
  const tensors = new Map<string, SourceTensor>();
  const missing: string[] = [];
  for (const [name, role] of names) {
    const tensor = found.get(name);
    if (tensor !== undefined) {
      checkShape(path, tensor, shapeOf(role, configuration));
      tensors.set(role, tensor);
    } else if (!OPTIONAL.has(kindOf(role))) missing.push(name);
  }
  if (missing.length === 0) return tensors;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${path}' has no tensors ${list(missing)}`,
    { hint: "the file is incomplete, or not of this architecture" },
  );
}

function checkShape(
  path: string,
  { name, shape }: SourceTensor,
  expected: readonly number[],
): void {
  if (shape.join() === expected.join()) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${path}': the shape of tensor '${name}' must be ` +
      `[${expected.join(", ")}], got [${shape.join(", ")}]`,
  );
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).map((name) => `'${name}'`).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}
