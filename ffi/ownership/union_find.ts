/**
 * A set that merges with others of its kind: a reference to one that was merged
 * still finds the set that it is part of by now.
 */
export abstract class UnionFind {
  #mergedInto: this | undefined;

  /** The set that this one is part of by now. */
  get current(): this {
    if (this.#mergedInto === undefined) return this;
    return this.#mergedInto = UnionFind.#root(this.#mergedInto) as this;
  }

  // Halves the path on its way, so that long chains are walked once.
  static #root(set: UnionFind): UnionFind {
    let root = set;
    for (let next = root.#mergedInto; next !== undefined;) {
      root.#mergedInto = next.#mergedInto ?? next;
      root = root.#mergedInto;
      next = root.#mergedInto;
    }
    return root;
  }

  /**
   * Makes one set of this and another one.
   *
   * @param other The other one; both are current.
   */
  merge(other: this): void {
    if (other === this) return;
    this.absorb(other);
    other.#mergedInto = this;
  }

  /** Takes over what belongs to another set. */
  protected abstract absorb(other: this): void;
}
