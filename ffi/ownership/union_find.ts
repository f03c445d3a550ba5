/**
 * A set that can merge with others of its kind: references to merged sets still
 * find the current one.
 */
export abstract class UnionFind {
  #mergedInto: this | undefined;

  /** The merged set that this one is part of. */
  get current(): this {
    if (this.#mergedInto === undefined) return this;
    return this.#mergedInto = UnionFind.#root(this.#mergedInto) as this;
  }

  // Halves the path on the way, so that long chains are walked only once.
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
   * Merges this set with another one.
   *
   * @param other The other set; both are current.
   */
  merge(other: this): void {
    if (other === this) return;
    this.absorb(other);
    other.#mergedInto = this;
  }

  /** Absorbs the members of another set. */
  protected abstract absorb(other: this): void;
}
