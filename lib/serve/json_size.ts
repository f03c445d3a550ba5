import { RequestError } from "./http_errors.ts";

/** The most texts, arrays and objects of a request. */
export const MOST_VALUES = 1_000_000;

/** JSON of fewer bytes cannot have as many. */
const SHORT = 2 * MOST_VALUES;

const QUOTE = 0x22;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Rejects JSON of which each few bytes become a value with memory of its own:
 * parsing it would take gigabytes, and the event loop's time.
 *
 * @param bytes The JSON in UTF-8.
 */
export function checkJsonSize(bytes: Uint8Array): void {
  if (bytes.length < SHORT) return;
  let halves = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) halves++;
    else if (byte === BRACKET || byte === BRACE) halves += 2;
  }
  if (halves > 2 * MOST_VALUES) throw tooMany("the JSON", halves / 2);
}

/**
 * Rejects a tensor with more elements of BYTES.
 *
 * @param what The tensor's name, for messages.
 * @param count Number of its elements.
 */
export function checkByteElements(what: string, count: number): void {
  if (count > MOST_VALUES) throw tooMany(what, count);
}

function tooMany(what: string, count: number): RequestError {
  return new RequestError(
    "RESOURCE_EXHAUSTED",
    413,
    `${what} must have at most ${MOST_VALUES} strings, arrays and objects, got ` +
      `${Math.floor(count)}; send numbers in one array or as binary data`,
  );
}
