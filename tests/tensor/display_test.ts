import { assertEquals, assertStringIncludes } from "@std/assert";
import { crc32, inflateSync } from "node:zlib";
import { BufferView, Instance, List, load } from "../../mod.ts";
import { program, test } from "../support.ts";

// What notebooks show, asked for as Deno's Jupyter kernel asks.

async function display(object: object): Promise<Record<string, string>> {
  const { [Symbol.for("Jupyter.display")]: show } = object as Record<
    symbol,
    () => unknown
  >;
  return await show.call(object) as Record<string, string>;
}

/** Texts of the cells of a table, by rows. */
function cells(html: string | undefined): string[][] {
  return [...(html ?? "").matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell!)
  );
}

test("Tensors of one and two dimensions are tables", async () => {
  using instance = Instance.open();
  using matrix = BufferView.from(instance, [[1, 2.5], [-3, NaN]], {
    elementType: "f32",
  });
  for (const tensor of [matrix, matrix.toNdArray()]) {
    const { "text/html": html, "text/plain": text } = await display(tensor);
    assertEquals(cells(html), [["1", "2.5"], ["-3", "NaN"]]);
    assertStringIncludes(html!, "<caption>2x2xf32</caption>");
    assertEquals(text, Deno.inspect(tensor));
  }
  using vector = BufferView.from(instance, new BigInt64Array([1n, 2n ** 60n]));
  assertEquals(cells((await display(vector))["text/html"]), [
    ["1", "1152921504606846976"],
  ]);
});

test("Only the first rows and columns of a large tensor are shown", async () => {
  using instance = Instance.open();
  const data = Int32Array.from({ length: 1200 }, (_, i) => i);
  using view = BufferView.from(instance, data, [30, 40]);
  for (const tensor of [view, view.toNdArray()]) {
    const rows = cells((await display(tensor))["text/html"]);
    assertEquals(rows.length, 11);
    assertEquals(rows[9], [
      ...["360", "361", "362", "363", "364", "365", "366", "367", "368", "369"],
      "…",
    ]);
    assertEquals(rows[10], [...Array(10).fill("⋮"), "…"]);
  }
});

for (const channels of [1, 3, 4]) {
  test(`A tensor of bytes with ${channels} channels is an image`, async () => {
    using instance = Instance.open();
    const pixels = Uint8Array.from(
      { length: 2 * 5 * channels },
      (_, i) => 255 - i,
    );
    using view = BufferView.from(instance, pixels, [2, 5, channels], {
      elementType: "ui8",
    });
    for (const tensor of [view, view.toNdArray()]) {
      const { "image/png": image } = await display(tensor);
      const png = Uint8Array.fromBase64(image!);
      using bitmap = await bitmapOf(png);
      assertEquals([bitmap.width, bitmap.height], [5, 2]);
      assertEquals(pixelsOf(png, 5 * channels), pixels);
    }
  });
}

/** Decodes the image by Deno's own decoder. */
async function bitmapOf(
  png: Uint8Array<ArrayBuffer>,
): Promise<{ width: number; height: number } & Disposable> {
  const blob = new Blob([png], { type: "image/png" });
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  return { width, height, [Symbol.dispose]: () => bitmap.close() };
}

/** Bytes of the pixels; checks the checksum of every chunk. */
function pixelsOf(png: Uint8Array<ArrayBuffer>, rowLength: number): Uint8Array {
  const view = new DataView(png.buffer);
  const pixels: number[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assertEquals(view.getUint32(at + 8 + length), crc32(body));
    if (new TextDecoder().decode(body.subarray(0, 4)) === "IDAT") {
      const rows = inflateSync(body.subarray(4));
      for (let row = 0; row < rows.length; row += rowLength + 1) {
        assertEquals(rows[row], 0);
        pixels.push(...rows.subarray(row + 1, row + 1 + rowLength));
      }
    }
    at += length + 12;
  }
  return new Uint8Array(pixels);
}

test("Other tensors and objects are text", async () => {
  using instance = Instance.open();
  using scalar = BufferView.from(instance, 7, [], { elementType: "i32" });
  using cube = BufferView.from(instance, new Float32Array(8), [2, 2, 2]);
  using packed = BufferView.from(instance, new Uint8Array([0x21]), [2], {
    elementType: "i4",
  });
  using list = List.from(instance, [1.5]);
  using loaded = load({ modules: [await program("mul.mlir")] });
  using mul = loaded.lookupFunction("mul");
  const objects = [scalar, cube, packed, list, loaded, mul];
  for (const object of objects) {
    assertEquals(await display(object), { "text/plain": Deno.inspect(object) });
  }
  const { data } = scalar.toNdArray();
  const copy = { elementType: "i32", shape: [], data };
  assertEquals(
    scalar.toNdArray(),
    copy as typeof copy & { elementType: "i32" },
  );
});

test("A disposed tensor is its text", async () => {
  using instance = Instance.open();
  const view = BufferView.from(instance, [1], [1], { elementType: "f32" });
  view.dispose();
  assertEquals(await display(view), { "text/plain": Deno.inspect(view) });
});
