/** Resources of several users; the last one to go lets go of them. */
export class SharedResources {
  readonly #resources: DisposableStack;
  #users = 0;

  /**
   * Takes over the resources.
   *
   * @param resources What the users have in common.
   */
  constructor(resources: DisposableStack) {
    this.#resources = resources.move();
  }

  /**
   * Adds a user.
   *
   * @returns Where its own resources go. They are disposed before the common
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
