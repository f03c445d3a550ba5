import { type Bytes, bytesOf, isBytes } from "../../ffi/base/typed_array.ts";
import { isUrl } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { toPath } from "../base/permissions.ts";
import { type ByteSource, memorySource, withFile } from "./byte_source.ts";
import { readStdin } from "./stdin.ts";

/**
 * Opens a file while a callback reads from it, and names it in errors.
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @param use The callback; receives the path of a file.
 * @returns What `use` returns; throws NOT_FOUND if the file cannot be opened.
 */
export function withSource<T>(
  source: string | URL | Bytes,
  use: (source: ByteSource, path?: string) => T,
): T {
  if (isBytes(source)) {
    return use(memorySource(bytesOf(source, "the file")));
  }
  if (typeof source !== "string" && !isUrl(source)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `source must be a path, a URL or bytes, got ${describeValue(source)}`,
    );
  }
  if (source === "-") {
    return named("standard input", () => use(memorySource(readStdin())));
  }
  const path = toPath(source);
  return named(`'${path}'`, () => withFile(path, (bytes) => use(bytes, path)));
}

/** Adds the file's name to errors about its contents. */
function named<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof IreeError) || error.detail.includes(name)) {
      throw error;
    }
    const { code, detail, hint } = error;
    throw new IreeError(code, `${name}: ${detail}`, { hint, cause: error });
  }
}
