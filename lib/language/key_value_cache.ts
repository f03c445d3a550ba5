import { BufferView } from "../hal/buffer_view.ts";
import type { Device } from "../hal/device.ts";
import type { Configuration } from "./configuration.ts";
import { BLOCK } from "./attention.ts";

/** How many bytes are copied at a time. */
const PIECE = 2 ** 22;

/**
 * Keys and values of the tokens of a sequence: for each layer, keys and then values,
 * a row for each position. Only the caller writes to it; programs read it.
 */
export class KeyValueCache implements Disposable {
  /** The tensor that programs read. */
  readonly view: BufferView;
  readonly #device: Device;
  readonly #configuration: Configuration;
  readonly #blocks: number;
  readonly #rowBytes: number;

  /**
   * Allocates a cache.
   *
   * @param device The device.
   * @param configuration The model.
   * @param length How many positions it needs.
   */
  constructor(device: Device, configuration: Configuration, length: number) {
    const { layers, keyHeads, headSize } = configuration;
    this.#device = device;
    this.#configuration = configuration;
    this.#blocks = Math.max(1, Math.ceil(length / BLOCK));
    this.#rowBytes = keyHeads * headSize * 4;
    this.view = BufferView.zeros(
      device,
      "f32",
      [1, layers, 2, this.#blocks, BLOCK, keyHeads, headSize],
    );
  }

  /** How many positions it has. */
  get capacity(): number {
    return this.#blocks * BLOCK;
  }

  /**
   * Adds rows that a program computed.
   *
   * @param rows The rows of all sequences: for each layer, keys and then values.
   * @param sequence Which of the sequences is this one.
   * @param stride How many rows each part has.
   * @param count How many of them are added.
   * @param position The position of the first one.
   */
  write(
    rows: BufferView,
    sequence: number,
    stride: number,
    count: number,
    position: number,
  ): void {
    const bytes = new Uint8Array(this.#parts * stride * this.#rowBytes);
    rows.readBytes(bytes, sequence * bytes.length);
    for (let part = 0; part < this.#parts; part++) {
      const start = part * stride * this.#rowBytes;
      this.view.writeBytes(
        bytes.subarray(start, start + count * this.#rowBytes),
        this.#offset(part, position),
      );
    }
  }

  /**
   * Allocates a cache with the same rows.
   *
   * @param length How many rows it has.
   * @param capacity How many positions the other one needs.
   */
  copy(length: number, capacity: number): KeyValueCache {
    const copy = new KeyValueCache(this.#device, this.#configuration, capacity);
    const byteLength = length * this.#rowBytes;
    const piece = new Uint8Array(Math.min(PIECE, byteLength));
    for (let part = 0; part < this.#parts; part++) {
      for (let at = 0; at < byteLength; at += piece.length) {
        const bytes = piece.subarray(0, byteLength - at);
        this.view.readBytes(bytes, this.#offset(part, 0) + at);
        copy.view.writeBytes(bytes, copy.#offset(part, 0) + at);
      }
    }
    return copy;
  }

  /** Releases the memory. */
  [Symbol.dispose](): void {
    this.view.dispose();
  }

  /** Keys and values of all layers. */
  get #parts(): number {
    return 2 * this.#configuration.layers;
  }

  #offset(part: number, position: number): number {
    return (part * this.capacity + position) * this.#rowBytes;
  }
}
