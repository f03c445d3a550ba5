/** Wrong usage of the command line; exits with status 2. */
export class UsageError extends Error {
  /** The class's name. */
  override readonly name: string = "UsageError";
  /** The command, including its action, if any. */
  command: string | undefined;

  /** The command line that prints the relevant help. */
  get help(): string {
    return this.command === undefined
      ? "iree --help"
      : `iree ${this.command} --help`;
  }
}
