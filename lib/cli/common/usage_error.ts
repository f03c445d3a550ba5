/** Wrong usage of the command line, which exits with 2. */
export class UsageError extends Error {
  /** Name of the class. */
  override readonly name: string = "UsageError";
  /** The command that it is of, with its action; none when left out. */
  command: string | undefined;

  /** The command line that prints the help to read. */
  get help(): string {
    return this.command === undefined
      ? "iree --help"
      : `iree ${this.command} --help`;
  }
}
