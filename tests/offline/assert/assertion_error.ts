/** Error that every failed assertion throws. */
export class AssertionError extends Error {
  /**
   * @param message The expected and the actual value.
   * @param options The `cause`, if any.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Ends a message: `: msg` if the caller passed one, else a full stop. */
export function suffix(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}
