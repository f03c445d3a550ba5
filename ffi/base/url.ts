/**
 * Recognizing URLs, and objects that only look like URLs.
 *
 * @module
 */

const getHref = Object.getOwnPropertyDescriptor(URL.prototype, "href")!.get!;

/** Whether a value is a URL; false for a Proxy of one. */
export function isUrl(value: unknown): value is URL {
  if (typeof value !== "object") return false;
  try {
    return typeof getHref.call(value) === "string";
  } catch {
    return false;
  }
}
