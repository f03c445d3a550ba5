import type { MediaBundle } from "../base/printing.ts";
import { declaredElementType } from "./element_type.ts";
import { encodePng } from "./png.ts";
import { formatTensorType } from "./shape.ts";
import type { NestedArray } from "./tensor_data.ts";

/** Rows and columns of a table at most. */
const TABLE_SIZE = 10;

/** Rows and columns of an image at most. */
const IMAGE_SIZE = 4096;

/** A tensor to display. */
export interface DisplayedTensor {
  readonly elementType: string;
  readonly shape: readonly number[];
  /** What `console.log` prints. */
  readonly text: string;
  /** Copies elements in row-major order; `undefined` for packed elements. */
  elements(start: number, count: number): readonly NestedArray[] | undefined;
  /** Copies all contents. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/**
 * Displays a tensor in a notebook: one of one or two dimensions as a table of
 * its first elements, one of type ui8 and shape height × width × 1, 3 or 4 as an
 * image, and any as text.
 *
 * @param tensor The tensor.
 */
export async function displayTensor(
  tensor: DisplayedTensor,
): Promise<MediaBundle> {
  const text = { "text/plain": tensor.text };
  const image = await imageOf(tensor);
  if (image !== undefined) return { ...text, "image/png": image };
  const table = tableOf(tensor);
  return table === undefined ? text : { ...text, "text/html": table };
}

async function imageOf(
  tensor: DisplayedTensor,
): Promise<string | undefined> {
  const { elementType, shape: [height = 0, width = 0, channels = 0] } = tensor;
  if (elementType !== "ui8" || tensor.shape.length !== 3) return undefined;
  if (!isImageSize(height) || !isImageSize(width)) return undefined;
  if (channels !== 1 && channels !== 3 && channels !== 4) return undefined;
  const png = await encodePng(tensor.bytes(), height, width, channels);
  return png.toBase64();
}

function isImageSize(length: number): boolean {
  return length > 0 && length <= IMAGE_SIZE;
}

function tableOf(tensor: DisplayedTensor): string | undefined {
  const { elementType, shape } = tensor;
  if (shape.length !== 1 && shape.length !== 2) return undefined;
  // IREE has element types that have no arrays.
  if (declaredElementType(elementType) === undefined) return undefined;
  const [height, width] = shape.length === 1 ? [1, shape[0]!] : [
    shape[0]!,
    shape[1]!,
  ];
  const columns = Math.min(width, TABLE_SIZE);
  const rows: string[] = [];
  for (let row = 0; row < Math.min(height, TABLE_SIZE); row++) {
    const elements = tensor.elements(row * width, columns);
    if (elements === undefined) return undefined;
    rows.push(rowOf(elements.map(String), width > columns));
  }
  if (height > TABLE_SIZE) {
    rows.push(rowOf(Array<string>(columns).fill("⋮"), width > columns));
  }
  const caption = formatTensorType(shape, elementType);
  return `<table><caption>${caption}</caption>${rows.join("")}</table>`;
}

function rowOf(cells: readonly string[], isCut: boolean): string {
  const all = isCut ? [...cells, "…"] : cells;
  return `<tr>${all.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}
