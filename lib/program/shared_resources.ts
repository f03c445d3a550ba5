/** Resources with several users; the last user to leave disposes them. */
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

  /** Whether a value is of this class, regardless of its prototype. */
  static is(value: unknown): value is SharedResources {
    return typeof value === "object" && value !== null && #users in value;
  }

  /**
   * Adds a resource.
   *
   * @param resource The resource, which is disposed before those added earlier.
   */
  add(resource: Disposable): void {
    this.#resources.use(resource);
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
