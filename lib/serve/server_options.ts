import { mustBe, toByteCount, toText } from "../base/checks.ts";
import { type OptionNames, readOptions } from "../base/options.ts";

/** A request that was answered. */
export interface RequestRecord {
  /** Its method. */
  readonly method: string;
  /** Its path. */
  readonly path: string;
  /** Status of the response. */
  readonly status: number;
  /** Milliseconds until the response. */
  readonly duration: number;
  /** The failure, if it failed. */
  readonly error?: unknown;
}

/** Options of a `ModelServer`. */
export interface ModelServerOptions {
  /**
   * The server's name in its metadata.
   *
   * @default {"iree"}
   */
  name?: string | undefined;
  /**
   * The most bytes of a request's body.
   *
   * @default {67108864}
   */
  maxRequestBytes?: number | undefined;
  /**
   * Milliseconds from a request's arrival to its answer.
   *
   * @default {60000}
   */
  requestTimeout?: number | undefined;
  /**
   * Tokens of which a request must have one: `Authorization: Bearer TOKEN`. By
   * default none is needed. Health is answered without.
   */
  authTokens?: readonly string[] | undefined;
  /** Called with each request that was answered. */
  onRequest?: ((record: RequestRecord) => void) | undefined;
}

const OPTIONS: OptionNames<ModelServerOptions> = {
  name: true,
  maxRequestBytes: true,
  requestTimeout: true,
  authTokens: true,
  onRequest: true,
};

/** Options that were checked. */
export interface ServerLimits {
  readonly name: string;
  readonly maxRequestBytes: number;
  readonly requestTimeout: number;
  readonly authTokens: readonly string[];
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
}

/** The longest time that timers support. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Checks the options of a server. */
export function readServerOptions(
  options: ModelServerOptions | undefined,
): ServerLimits {
  const {
    name = "iree",
    maxRequestBytes = 64 * 1024 * 1024,
    requestTimeout = 60_000,
    authTokens = [],
    onRequest,
  } = readOptions(options, OPTIONS);
  if (onRequest !== undefined && typeof onRequest !== "function") {
    throw mustBe("onRequest", "a function", onRequest);
  }
  const isTime = typeof requestTimeout === "number" && requestTimeout > 0 &&
    requestTimeout <= LONGEST_TIMEOUT;
  if (!isTime) {
    throw mustBe(
      "requestTimeout",
      `milliseconds up to ${LONGEST_TIMEOUT}`,
      requestTimeout,
    );
  }
  return {
    name: toText("name", name),
    maxRequestBytes: toByteCount("maxRequestBytes", maxRequestBytes),
    requestTimeout,
    authTokens,
    onRequest,
  };
}
