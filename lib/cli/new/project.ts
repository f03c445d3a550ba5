import { runtime } from "../../../mod.ts";

/** Files of a project by their paths in its folder. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** How a project runs the programs that it needs. */
export interface ProjectCommands {
  /** Deno. */
  readonly deno: string;
  /** The compiler. */
  readonly compiler: string;
  /** CMake. */
  readonly cmake: string;
  /** The command line of this package. */
  readonly iree: string;
  /** The line that installs what a user has to install; none in a checkout. */
  readonly installation: string;
}

/**
 * How a project runs what it needs: by the checkout that makes it, whose `dev`
 * has everything, or else by what the user has installed.
 *
 * @param checkout Folder of the checkout, if it is one.
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
