/** Wrong usage of the command line, which exits with 2. */
export class UsageError extends Error {
  /** Name of the class. */
  override readonly name: string = "UsageError";
  /** The command line that prints the help to read. */
  help = "iree --help";
}
