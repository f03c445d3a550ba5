/** Error that every failed assertion throws. */
export class AssertionError extends Error {
  /**
   * @param message What was expected and what was found.
   * @param options The `cause`, where there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Ends a message: `: msg` where the caller gave one, else a full stop. */
export function suffix(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}
