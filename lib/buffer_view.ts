import {
  type BufferViewDescription,
  describeBufferView,
  formatBufferView,
} from "../ffi/buffer.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import { checkSize } from "./size.ts";

/** A `!hal.buffer_view`: a buffer with a shape and an element type. */
export class BufferView extends NativeObject {
  #description: BufferViewDescription | undefined;

  get #described(): BufferViewDescription {
    return this.#description ??= describeBufferView(handleOf(this));
  }

  /** Name of the element type, such as `f32`. */
  get elementType(): string {
    return this.#described.elementType;
  }

  /** Dimensions, outermost first; empty for a scalar. */
  get shape(): readonly number[] {
    return this.#described.shape;
  }

  /** Length of the contents in bytes. */
  get byteLength(): number {
    return this.#described.byteLength;
  }

  /**
   * Formats shape, type and contents as IREE does: `2x2xi32=[1 2][3 4]`.
   *
   * @param maxElementCount How many elements to print at most.
   */
  format(maxElementCount = 1024): string {
    checkSize("maxElementCount", maxElementCount);
    return formatBufferView(handleOf(this), maxElementCount);
  }
}
