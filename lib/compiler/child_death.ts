import { IreeError } from "../base/error.ts";
import type { CompilePhase } from "./phases.ts";

/** How a child process ended. */
export interface ChildDeath {
  /** Its exit status. */
  readonly status: Deno.CommandStatus;
  /** The compiler's output. */
  readonly printed: string;
  /** The phase that it was in. */
  readonly phase: CompilePhase | undefined;
  /** Whether the compiler was reading its flags. */
  readonly isConfiguring: boolean;
}

/**
 * Describes why a child process ended before its compile.
 *
 * @param death How it ended.
 */
export function describeDeath(
  { status, printed, phase, isConfiguring }: ChildDeath,
): IreeError {
  const cpu =
    /Unknown CPU for target architecture (\S+)\.\nList of accepted CPUs: (.*)/
      .exec(printed);
  if (cpu !== null) {
    const name = /^'(.*)' is not a recognized processor/m.exec(printed)?.[1];
    return new IreeError(
      "INVALID_ARGUMENT",
      `target must be a CPU of ${cpu[1]}${name ? `, got '${name}'` : ""}`,
      { hint: `CPUs: ${cpu[2]}` },
    );
  }
  if (isConfiguring && status.signal === null) {
    return new IreeError(
      "INVALID_ARGUMENT",
      `the compiler rejects its flags: ${printed.replace(/^.*?: /gm, "")}`,
    );
  }
  const how = status.signal === null
    ? `ended with status ${status.code}`
    : `crashed (${status.signal})`;
  const when = phase === undefined ? "" : ` in the phase '${phase}'`;
  const what = printed === ""
    ? " and printed nothing"
    : `; it printed:\n${printed}`;
  return new IreeError("INTERNAL", `the compiler ${how}${when}${what}`);
}
