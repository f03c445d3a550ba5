import {
  createDecodeStream,
  createEncodeStream,
  feedIds,
  feedText,
} from "../../ffi/token_stream.ts";
import { DecodeFlag, EncodeFlag } from "../../ffi/tokenizer.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { toText } from "../base/checks.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { toIds } from "./ids.ts";
import {
  type CheckedStreamOptions,
  type DecodeOptions,
  type EncodeStreamOptions,
  readDecodeOptions,
  readStreamOptions,
} from "./options.ts";

/**
 * Returns IREE's flags for options.
 *
 * @param options The options.
 */
export function encodeFlags(
  { specialTokens, matchSpecialTokens }: CheckedStreamOptions,
): number {
  return (specialTokens ? EncodeFlag.addSpecialTokens : 0) |
    (matchSpecialTokens ? 0 : EncodeFlag.noSpecialTokenMatching);
}

/**
 * Returns IREE's flags for options.
 *
 * @param options The options.
 */
export function decodeFlags(options: DecodeOptions | undefined): number {
  const { specialTokens } = readDecodeOptions(options);
  return specialTokens ? 0 : DecodeFlag.skipSpecialTokens;
}

/**
 * Encodes a text that arrives in parts, which may end anywhere, even inside a
 * surrogate pair. Created by `Tokenizer.encoder`.
 *
 * @example
 * ```ts ignore needs a file
 * import { Tokenizer } from "@iree/runtime/tokenizer";
 *
 * using tokenizer = Tokenizer.fromFile("tokenizer.json");
 * using encoder = tokenizer.encoder();
 * const ids = [...encoder.push("Hel"), ...encoder.push("lo"), ...encoder.finish()];
 * ```
 */
export class TokenEncoder extends NativeObject {
  /** The first half of a surrogate pair that the last part ended in. */
  #half = "";

  /**
   * Encodes a part of the text.
   *
   * @param part The part.
   * @returns Ids of the tokens that are certain by now.
   */
  push(part: string): Uint32Array<ArrayBuffer> {
    const text = this.#half + toText("part", part);
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last < 0xdc00;
    const whole = isHalf ? text.slice(0, -1) : text;
    const ids = feedText(handleOf(this), whole, false);
    this.#half = isHalf ? text.slice(-1) : "";
    return ids;
  }

  /**
   * Ends the text. Another one can follow.
   *
   * @returns Ids of the other tokens.
   */
  finish(): Uint32Array<ArrayBuffer> {
    const rest = this.#half;
    this.#half = "";
    return feedText(handleOf(this), rest, true);
  }
}

/**
 * Decodes ids that arrive one by one, as a language model generates them. Never
 * returns a part of a character. Created by `Tokenizer.decoder`.
 *
 * @example
 * ```ts ignore needs a file
 * import { Tokenizer } from "@iree/runtime/tokenizer";
 *
 * using tokenizer = Tokenizer.fromFile("tokenizer.json");
 * using decoder = tokenizer.decoder();
 * let text = "";
 * for (const id of tokenizer.encode("Hello").ids) text += decoder.push(id);
 * text += decoder.finish();
 * ```
 */
export class TokenDecoder extends NativeObject {
  /**
   * Decodes ids.
   *
   * @param ids An id, or several.
   * @returns The text that is certain by now.
   */
  push(ids: number | Uint32Array | readonly number[]): string {
    return feedIds(handleOf(this), toIds(ids), false);
  }

  /**
   * Ends the text. Another one can follow.
   *
   * @returns The rest of the text.
   */
  finish(): string {
    return feedIds(handleOf(this), new Uint32Array(0), true);
  }
}

/** Creates an encoder. */
export function createEncoder(
  tokenizer: Handle,
  options: EncodeStreamOptions | undefined,
): TokenEncoder {
  return prepareEncoder(tokenizer, options)();
}

/** Creates a decoder. */
export function createDecoder(
  tokenizer: Handle,
  options: DecodeOptions | undefined,
): TokenDecoder {
  return prepareDecoder(tokenizer, options)();
}

function prepareEncoder(
  tokenizer: Handle,
  options: EncodeStreamOptions | undefined,
): () => TokenEncoder {
  const flags = encodeFlags(readStreamOptions(options));
  return () => new TokenEncoder(createEncodeStream(tokenizer, flags));
}

function prepareDecoder(
  tokenizer: Handle,
  options: DecodeOptions | undefined,
): () => TokenDecoder {
  const flags = decodeFlags(options);
  return () => new TokenDecoder(createDecodeStream(tokenizer, flags));
}

/**
 * Creates a stream that encodes strings, or UTF-8.
 *
 * @param tokenizer The tokenizer.
 * @param options The options.
 */
export function encodingStream(
  tokenizer: Handle,
  options: EncodeStreamOptions | undefined,
): TransformStream<string | Uint8Array<ArrayBuffer>, Uint32Array<ArrayBuffer>> {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return transform(prepareEncoder(tokenizer, options), {
    push: (encoder, chunk) =>
      typeof chunk === "string"
        ? encoder.push(utf8.decode() + chunk)
        : encoder.push(utf8.decode(chunk, { stream: true })),
    finish: (encoder) => [encoder.push(utf8.decode()), encoder.finish()],
  });
}

/**
 * Creates a stream that decodes ids.
 *
 * @param tokenizer The tokenizer.
 * @param options The options.
 */
export function decodingStream(
  tokenizer: Handle,
  options: DecodeOptions | undefined,
): TransformStream<number | Uint32Array | readonly number[], string> {
  return transform(prepareDecoder(tokenizer, options), {
    push: (decoder, ids) => decoder.push(ids),
    finish: (decoder) => [decoder.finish()],
  });
}

interface Transformation<State, In, Out> {
  readonly push: (state: State, chunk: In) => Out;
  readonly finish: (state: State) => readonly Out[];
}

// The state exists from the first chunk on, so that a stream that is never used
// holds no memory.
function transform<
  State extends Disposable,
  In,
  Out extends { readonly length: number },
>(
  create: () => State,
  { push, finish }: Transformation<State, In, Out>,
): TransformStream<In, Out> {
  let state: State | undefined;
  const end = () => {
    state?.[Symbol.dispose]();
    state = undefined;
  };
  const attempt = <Result>(work: (state: State) => Result): Result => {
    try {
      return work(state ??= create());
    } catch (error) {
      end();
      throw error;
    }
  };
  const transformer: Transformer<In, Out> & { cancel?: () => void } = {
    transform(chunk, controller) {
      const part = attempt((state) => push(state, chunk));
      if (part.length > 0) controller.enqueue(part);
    },
    flush(controller) {
      for (const part of attempt(finish)) {
        if (part.length > 0) controller.enqueue(part);
      }
      end();
    },
    cancel: end,
  };
  return new TransformStream(transformer);
}
