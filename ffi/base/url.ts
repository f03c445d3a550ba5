/**
 * URLs, told from what only looks like one.
 *
 * @module
 */

const getHref = Object.getOwnPropertyDescriptor(URL.prototype, "href")!.get!;

/** Whether something is a URL; false for a Proxy of one. */
export function isUrl(value: unknown): value is URL {
  try {
    return typeof getHref.call(value) === "string";
  } catch {
    return false;
  }
}
