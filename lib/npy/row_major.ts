// Elements are moved in units of up to four bytes, never as numbers, so that
// NaNs keep their bits.

/** Reorders elements from column-major to row-major order. */
export class RowMajorWriter {
  readonly #target: Uint8Array | Uint16Array | Uint32Array;
  readonly #lanes: number;
  readonly #shape: readonly number[];
  readonly #strides: readonly number[];
  readonly #index: number[];
  #at = 0;

  /**
   * Starts with the first element.
   *
   * @param target The destination of the elements.
   * @param shape Dimensions, outermost first.
   * @param size Size of an element in bytes.
   */
  constructor(
    target: Uint8Array<ArrayBuffer>,
    shape: readonly number[],
    size: number,
  ) {
    this.#target = lanesOf(target, size);
    this.#lanes = size / this.#target.BYTES_PER_ELEMENT;
    this.#shape = shape;
    this.#index = shape.map(() => 0);
    let stride = this.#lanes;
    this.#strides = shape.toReversed().map((dimension) => {
      const own = stride;
      stride *= dimension;
      return own;
    }).reverse();
  }

  /**
   * Writes the next elements.
   *
   * @param bytes Whole elements, in a buffer that starts at offset 0.
   */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    const lanes = this.#lanes;
    const target = this.#target;
    const { BYTES_PER_ELEMENT } = target;
    const source = lanesOf(bytes, lanes * BYTES_PER_ELEMENT);
    for (let from = 0; from < source.length; from += lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        target[this.#at + lane] = source[from + lane]!;
      }
      this.#advance();
    }
  }

  // The first index varies fastest.
  #advance(): void {
    const index = this.#index;
    for (let axis = 0; axis < index.length; axis++) {
      const dimension = this.#shape[axis]!;
      const stride = this.#strides[axis]!;
      this.#at += stride;
      const next = index[axis]! + 1;
      index[axis] = next < dimension ? next : 0;
      if (next < dimension) return;
      this.#at -= dimension * stride;
    }
  }
}

function lanesOf(
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>,
  size: number,
): Uint8Array | Uint16Array | Uint32Array {
  const Lanes = { 1: Uint8Array, 2: Uint16Array }[size] ?? Uint32Array;
  return new Lanes(buffer, byteOffset, byteLength / Lanes.BYTES_PER_ELEMENT);
}
