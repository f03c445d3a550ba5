/** Color types of PNG by the number of channels. */
const COLOR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/**
 * Encodes an image as PNG (ISO/IEC 15948), with 8 bits per channel.
 *
 * @param pixels Rows from the top, `height` × `width` × `channels` bytes.
 * @param height Rows, at least 1.
 * @param width Pixels per row, at least 1.
 * @param channels 1 for gray, 3 for RGB, 4 for RGBA.
 */
export async function encodePng(
  pixels: Uint8Array<ArrayBuffer>,
  height: number,
  width: number,
  channels: 1 | 3 | 4,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels]!], 8);
  const length = width * channels;
  // Each row begins with its filter: 0, none.
  const rows = new Uint8Array(height * (length + 1));
  for (let row = 0; row < height; row++) {
    const start = row * length;
    rows.set(pixels.subarray(start, start + length), row * (length + 1) + 1);
  }
  const blob = new Blob([
    new Uint8Array(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", await deflate(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
  return await blob.bytes();
}

async function deflate(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return await new Response(stream).bytes();
}

/** A chunk: length of its data, type, data, checksum of type and data. */
function chunk(
  type: string,
  data: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, checksum(bytes.subarray(4, -4)));
  return bytes;
}

/** CRC-32 as ISO 3309 defines it. */
function checksum(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc >>> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
  }
  return ~crc >>> 0;
}
