/**
 * Encoding and decoding of texts that arrive in parts.
 *
 * @module
 */

import { decode } from "./base/text.ts";
import { lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { checkLength } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";
import { copyIds, readUtf8, TextScratch } from "./token_memory.ts";

/** Starts to encode a text. */
export function createEncodeStream(tokenizer: Handle, flags: number): Handle {
  return own(
    Kind.encodeStream,
    native.iree_ffi_encode_stream_create(
      tokenizer.pointer(Kind.tokenizer),
      flags,
    ),
    tokenizer.instance,
  );
}

const texts = new TextScratch();
let ids = new Uint32Array(1024);
let typeIds = new Uint8Array(1024);

/**
 * Encodes a part of a text, or its end.
 *
 * @param stream The stream.
 * @param part The part, which ends between characters.
 * @param isEnd Whether the text ends with it.
 * @returns Ids of the tokens that are certain.
 */
export function feedText(
  stream: Handle,
  part: string,
  isEnd: boolean,
): Uint32Array<ArrayBuffer> {
  const pointer = stream.pointer(Kind.encodeStream);
  const length = texts.write([part]);
  const feed = (length: number, isEnd: boolean) =>
    checkLength(
      native.iree_ffi_encode_stream_feed(
        pointer,
        texts.bytes,
        length,
        isEnd ? 1 : 0,
        ids,
        typeIds,
        lengthOf(ids),
      ),
    );
  let count = feed(length, isEnd);
  if (count > lengthOf(ids)) {
    ids = new Uint32Array(count);
    typeIds = new Uint8Array(count);
    count = feed(0, false);
  }
  texts.release();
  return copyIds(ids, 0, count);
}

/** Starts to decode ids. */
export function createDecodeStream(tokenizer: Handle, flags: number): Handle {
  return own(
    Kind.decodeStream,
    native.iree_ffi_decode_stream_create(
      tokenizer.pointer(Kind.tokenizer),
      flags,
    ),
    tokenizer.instance,
  );
}

/**
 * Decodes ids, or their end.
 *
 * @param stream The stream.
 * @param ids The ids.
 * @param isEnd Whether the text ends with them.
 * @returns The text that is certain; its characters are whole.
 */
export function feedIds(
  stream: Handle,
  ids: Uint32Array<ArrayBuffer>,
  isEnd: boolean,
): string {
  const pointer = stream.pointer(Kind.decodeStream);
  let count = lengthOf(ids);
  let end = isEnd ? 1 : 0;
  const bytes = readUtf8((buffer, capacity) => {
    const length = checkLength(
      native.iree_ffi_decode_stream_feed(
        pointer,
        ids,
        count,
        end,
        buffer,
        capacity,
      ),
    );
    // They are decoded once; another call only takes the text.
    count = 0;
    end = 0;
    return length;
  });
  return decode(bytes);
}
