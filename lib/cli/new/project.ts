import { runtime } from "../../../mod.ts";

/** A project's files, by path in its folder. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** The commands that a project uses. */
export interface ProjectCommands {
  /** Deno. */
  readonly deno: string;
  /** The compiler. */
  readonly compiler: string;
  /** CMake. */
  readonly cmake: string;
  /** The command line of this package. */
  readonly iree: string;
  /** A line that installs missing tools; empty in a checkout. */
  readonly installation: string;
}

/**
 * Returns the commands that a project uses: those of the checkout's `dev`, or
 * else those that the user has installed.
 *
 * @param checkout The checkout's folder, if there is one.
 */
export function projectCommands(
  checkout: string | undefined,
): ProjectCommands {
  if (checkout === undefined) {
    return {
      deno: "deno",
      compiler: "iree-compile",
      cmake: "cmake",
      iree: `deno run -A '${runtime.cli}'`,
      installation: "pip install iree-base-compiler==3.13.0 # iree-compile\n",
    };
  }
  const dev = `'${checkout}/dev'`;
  return {
    deno: `${dev} deno`,
    compiler: `${dev} exec iree-compile`,
    cmake: `${dev} exec cmake`,
    iree: `${dev} iree`,
    installation: "",
  };
}
