/** Resources of several users; the last one to leave disposes them. */
export class SharedResources {
  readonly #resources: DisposableStack;
  #users = 0;

  /**
   * Takes over the resources.
   *
   * @param resources The shared resources.
   */
  constructor(resources: DisposableStack) {
    this.#resources = resources.move();
  }

  /** Whether something is such resources, whatever its prototype says. */
  static is(value: unknown): value is SharedResources {
    return typeof value === "object" && value !== null && #users in value;
  }

  /**
   * Adds a user.
   *
   * @returns A stack for its own resources, which are disposed before the shared
   * ones.
   */
  enter(): DisposableStack {
    const own = new DisposableStack();
    this.#users++;
    own.defer(() => {
      if (--this.#users === 0) this.#resources.dispose();
    });
    return own;
  }
}
