import { createMapping } from "../../ffi/mapping.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { type Facts, preview, PREVIEW_LENGTH } from "../base/printing.ts";
import { demandHandle, NativeObject } from "../base/native_object.ts";
import type { ElementTypeInfo, TypedArray } from "../tensor/element_type.ts";

// The garbage collector cannot know whether native code still uses an array, so
// undisposed mappings stay mapped.
const mapped = new Set<NativeObject>();

/**
 * A tensor's memory as an array, without a copy: the program and JavaScript see
 * each other's writes. Created by `BufferView.map`.
 *
 * Needs unrestricted `--allow-ffi`. Dispose it when you are done: the array is
 * empty from then on. An undisposed mapping is never collected. While a program
 * works on the tensor, its contents are undefined. On some devices writes
 * arrive only on disposal.
 *
 * Do not dispose it while an operation of Deno still uses the array, such as
 * `file.write(array)` before its promise settles: the operation would access
 * unmapped memory without any error.
 *
 * Do not transfer the array's buffer: its memory and its device would then be
 * kept forever. The same happens to mappings in a worker that ends, or in a
 * program that `--watch` restarts, since their memory may have been transferred
 * to another worker.
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
   * @param info Element type.
   * @param byteLength Length of its contents.
   * @internal
   */
  constructor(view: Handle, info: ElementTypeInfo, byteLength: number) {
    demandHandle(view, "BufferMapping");
    const { handle, memory } = createMapping(view, byteLength);
    super(handle);
    this.array = new info.array(memory) as Elements;
    mapped.add(this);
  }

  /**
   * Describes the object for printing.
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

  /**
   * Empties the array and unmaps the memory. Does nothing if already disposed.
   */
  override dispose(): void {
    mapped.delete(this);
    super.dispose();
  }
}
