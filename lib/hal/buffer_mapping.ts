import { createMapping } from "../../ffi/mapping.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { type Facts, preview, PREVIEW_LENGTH } from "../base/description.ts";
import { NativeObject } from "../base/native_object.ts";
import type { ElementTypeInfo, TypedArray } from "../tensor/element_type.ts";

// An array cannot tell when it is no longer looked at, so what is forgotten
// here stays mapped.
const mapped = new Set<NativeObject>();

/**
 * A tensor's memory as an array, without a copy: what is written there the
 * program reads, and the other way round. Made by `BufferView.map`.
 *
 * Needs the whole of `--allow-ffi`. Must be disposed: the array is empty from
 * then on. What is forgotten is never collected. While a program works on the
 * tensor its contents are in between, and on some devices what is written
 * arrives there on disposal only.
 *
 * Not to be disposed while an operation of Deno still reads the array or writes
 * to it, such as `file.write(array)` before its promise has settled: the
 * operation goes on in memory that is no longer there, and nothing can tell.
 *
 * The array's buffer should not be transferred: when it was, its memory is kept
 * for ever, with its device. So is all that is mapped in a worker when that
 * ends, or in a program that `--watch` restarts, since its memory may have been
 * transferred to another worker.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BufferView, Device, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using device = Device.create(instance, "local-sync");
 * using view = BufferView.from(device, new Float32Array([1, 2, 3]));
 * {
 *   using mapping = view.map("f32");
 *   mapping.array.set([10, 20]);
 * }
 * assertEquals(view.toNestedArray(), [10, 20, 3]);
 * ```
 *
 * @typeParam Elements Class of the array.
 */
export class BufferMapping<Elements extends TypedArray = TypedArray>
  extends NativeObject {
  /** The elements in row-major order. */
  readonly array: Elements;

  /**
   * Maps a view; use `BufferView.map`.
   *
   * @param view Handle of the view.
   * @param info Type of its elements.
   * @param byteLength Length of its contents.
   * @internal
   */
  constructor(view: Handle, info: ElementTypeInfo, byteLength: number) {
    const { handle, memory } = createMapping(view, byteLength);
    super(handle);
    this.array = new info.array(memory) as Elements;
    mapped.add(this);
  }

  /**
   * What is printed of the object.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      length: () => this.array.length,
      array: () =>
        preview(this.array.subarray(0, PREVIEW_LENGTH), this.array.length),
    };
  }

  /** Empties the array and lets the memory go. Doing it again does nothing. */
  override dispose(): void {
    mapped.delete(this);
    super.dispose();
  }
}
