import { joinBytes } from "./join_bytes.ts";
import { type Aborting, untilAborted } from "../base/abort_signal.ts";
import { badRequest, RequestError } from "./http_errors.ts";

/** Encodings of a request's body, by their names in HTTP. */
const ENCODINGS: ReadonlyMap<string, CompressionFormat> = new Map([
  ["gzip", "gzip"],
  ["deflate", "deflate"],
]);

/**
 * Reads the body of a request.
 *
 * @param request The request.
 * @param limit The most bytes that are accepted; a longer body is rejected before
 * it is read whole.
 * @param signal Stops reading.
 */
export function readBody(
  request: Request,
  limit: number,
  signal: Aborting,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding === "identity" && declared !== null) {
    // Without a stream: creating one takes longer than reading a small body.
    return untilAborted(request.bytes(), signal, () => {});
  }
  const { body } = request;
  if (body === null) return Promise.resolve(new Uint8Array());
  return collect(decoded(body, encoding), limit, signal);
}

function decoded(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  encoding: string,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (encoding === "identity") return body;
  const format = ENCODINGS.get(encoding);
  if (format !== undefined) {
    return body.pipeThrough(new DecompressionStream(format));
  }
  throw new RequestError(
    "INVALID_ARGUMENT",
    415,
    `content-encoding must be identity, gzip or deflate, got '${encoding}'`,
  );
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  signal: Aborting,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    while (true) {
      const { done, value } = await untilAborted(
        reader.read(),
        signal,
        () => {},
      );
      if (done) break;
      length += value.length;
      if (length > limit) throw tooLarge(limit);
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    if (!(error instanceof TypeError)) throw error;
    throw badRequest(`the body cannot be read: ${error.message}`);
  }
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  return joinBytes(chunks, length);
}

function tooLarge(limit: number): RequestError {
  return new RequestError(
    "RESOURCE_EXHAUSTED",
    413,
    `the body must have at most ${limit} bytes`,
  );
}
