import { IreeError } from "../base/error.ts";
import { copyArray, toText } from "../base/checks.ts";
import { RequestError } from "./http_errors.ts";

/** Checks the tokens of requests. */
export class BearerTokens {
  readonly #tokens: readonly Uint8Array[];

  /** @param tokens The accepted tokens; none accepts every request. */
  constructor(tokens: readonly string[]) {
    const texts = copyArray("authTokens", tokens, (it) => {
      if (/^[\x21-\x7e]+$/.test(toText("authTokens", it))) return;
      throw new IreeError(
        "INVALID_ARGUMENT",
        "authTokens must be printable ASCII without spaces",
      );
    });
    this.#tokens = texts.map((it) => new TextEncoder().encode(it));
  }

  /** Whether requests must have one. */
  get areNeeded(): boolean {
    return this.#tokens.length > 0;
  }

  /**
   * Rejects a request without an accepted token.
   *
   * @param authorization The header or metadata `authorization`.
   */
  check(authorization: string | null): void {
    if (!this.areNeeded) return;
    const [, given = ""] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    const bytes = new TextEncoder().encode(given);
    if (isOneOf(bytes, this.#tokens)) return;
    throw new RequestError(
      "UNAUTHENTICATED",
      401,
      "the request must have an accepted token: Authorization: Bearer TOKEN",
      { "www-authenticate": "Bearer" },
    );
  }
}

/**
 * Returns whether bytes are those of a token. All tokens are compared, and all bytes
 * that were given: the time depends on nothing but their number.
 *
 * @param given The bytes.
 * @param tokens The tokens.
 */
export function isOneOf(
  given: ArrayLike<number>,
  tokens: readonly ArrayLike<number>[],
): boolean {
  let isKnown = false;
  for (const token of tokens) isKnown = isEqual(given, token) || isKnown;
  return isKnown;
}

function isEqual(
  given: ArrayLike<number>,
  token: ArrayLike<number>,
): boolean {
  let difference = given.length ^ token.length;
  for (let at = 0; at < given.length; at++) {
    difference |= given[at]! ^ token[at % token.length]!;
  }
  return difference === 0;
}
