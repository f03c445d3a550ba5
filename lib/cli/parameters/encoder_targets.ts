import { IreeError, type Module } from "../../../mod.ts";

/** What an encoder can encode parameters for. */
export interface Target {
  /** Its name. */
  readonly name: string;
  /** Scopes of the encoded parameters, as the encoder writes them. */
  readonly scopes: string;
  /** The function that describes the encoded parameters. */
  readonly indices: string;
  /** The function that lists the steps of the encoding, if there is one. */
  readonly steps: string | undefined;
  /** The function that encodes. */
  readonly encode: string;
}

const ROLE = "iree.encode.function";
const TARGET = "iree.encode.target";
const SCOPES = "iree.encode.scopes";

/**
 * Finds the targets of an encoder.
 *
 * @param encoder The encoder's module.
 * @returns At least one; throws NOT_FOUND if the module is not an encoder.
 */
export function findTargets(encoder: Module): Target[] {
  const roles = new Map<string, Map<string, string>>();
  const scopes = new Map<string, string>();
  for (const { name, attributes } of encoder.exports) {
    const role = attributes[ROLE];
    if (role === undefined || role === "detect_target") continue;
    const target = attributes[TARGET];
    if (target === undefined) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `encoder function '${name}' missing ${TARGET}`,
      );
    }
    const known = roles.get(target) ?? new Map<string, string>();
    roles.set(target, known.set(role, name));
    if (role === "indices") scopes.set(target, attributes[SCOPES] ?? "");
  }
  if (roles.size === 0) {
    throw new IreeError(
      "NOT_FOUND",
      "no encoder functions found in module",
      {
        hint: "compile the file that iree-compile wrote with " +
          "--iree-parameter-encoder-output-file",
      },
    );
  }
  return Array.from(roles, ([name, known]) => ({
    name,
    scopes: scopes.get(name) ?? "",
    indices: needFunction(name, "indices", known),
    steps: known.get("steps"),
    encode: needFunction(name, "encode", known),
  }));
}

function needFunction(
  target: string,
  role: string,
  known: ReadonlyMap<string, string>,
): string {
  const name = known.get(role);
  if (name !== undefined) return name;
  throw new IreeError(
    "NOT_FOUND",
    `${role} function not found for target '${target}'; encoder module may be ` +
      "incomplete",
  );
}
