/**
 * The error class, and the conversion of native failures.
 *
 * @module
 */

/** Failure code of `iree_status_code_t`. */
export type StatusCode =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED"
  | "DEFERRED"
  | "INCOMPATIBLE";

/** The codes by their number in C; 0 is success. */
export const STATUS_CODES: readonly (StatusCode | "OK")[] = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
  "DEFERRED",
  "INCOMPATIBLE",
];

/** Optional properties of an {@link IreeError}. */
export interface IreeErrorOptions {
  /** How to fix it. */
  hint?: string | undefined;
  /** IREE's full text of the failure, with source locations and backtrace. */
  status?: string | undefined;
  /** The error that caused this one. */
  cause?: unknown;
}

/**
 * A failure of the runtime, of a program it ran, or of an argument that was
 * rejected before it reached either.
 *
 * @example Checking the status code
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { IreeError } from "@iree/runtime";
 *
 * const error = new IreeError("NOT_FOUND", "no function 'mian' exported");
 * assertEquals(error.code, "NOT_FOUND");
 * assertEquals(error.message, "NOT_FOUND: no function 'mian' exported");
 * ```
 */
export class IreeError extends Error {
  /** Class name, also in workers and other realms. */
  override readonly name: string = "IreeError";
  /** The status code; branch on this. */
  readonly code: StatusCode;
  // Deno prints an uncaught error's own fields after the message, which already
  // includes them, so they are private.
  readonly #detail: string;
  readonly #hint: string | undefined;
  readonly #status: string | undefined;

  /**
   * Creates an error whose message combines the code, the detail and the hint.
   *
   * @param code The status code.
   * @param detail What happened, naming the argument or path.
   * @param options Hint, IREE's own text, cause.
   */
  constructor(code: StatusCode, detail: string, options?: IreeErrorOptions) {
    checkParts(code, detail, options);
    const { hint, status, ...rest } = options ?? {};
    super(`${code}: ${detail}${hint === undefined ? "" : `\n${hint}`}`, rest);
    this.code = code;
    this.#detail = detail;
    this.#hint = hint;
    this.#status = status;
  }

  /** What happened, without the code and the hint. */
  get detail(): string {
    return this.#detail;
  }

  /** How to fix it, if known. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /**
   * IREE's full text of a failure in IREE, with source location and backtrace.
   */
  get status(): string | undefined {
    return this.#status;
  }

  /**
   * Number of the status code in C.
   *
   * @internal
   */
  get statusNumber(): number {
    return STATUS_CODES.indexOf(this.code);
  }

  /**
   * Returns the same failure with a hint.
   *
   * @param hint How to fix it.
   * @returns A new error with this one's stack.
   */
  withHint(hint: string): IreeError {
    return reword(this, this.detail, hint);
  }
}

/**
 * Returns the same failure with another description.
 *
 * @param error The failure.
 * @param detail What happened.
 * @param hint How to fix it.
 * @returns A new error with the stack, the cause and IREE's text of the
 * original.
 */
export function reword(
  error: IreeError,
  detail: string,
  hint: string | undefined = error.hint,
): IreeError {
  const { code, status, cause } = error;
  const reworded = new IreeError(code, detail, { hint, status, cause });
  if (error.stack !== undefined) {
    reworded.stack = error.stack.replace(error.message, () => reworded.message);
  }
  return reworded;
}

function checkParts(
  code: unknown,
  detail: unknown,
  options: IreeErrorOptions | undefined,
): void {
  if (!STATUS_CODES.some((it) => it === code && it !== "OK")) {
    throw new IreeError("INVALID_ARGUMENT", "code must be a status code");
  }
  if (typeof detail !== "string") {
    throw new IreeError("INVALID_ARGUMENT", "detail must be a string");
  }
  if (options === undefined) return;
  for (const name of namesOf(options)) {
    if (name === "cause") continue;
    const isText = name === "hint" || name === "status";
    const value = isText ? options[name] : undefined;
    if (isText && (value === undefined || typeof value === "string")) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      isText
        ? `${name} must be a string`
        : `options must be among hint, status, cause, got '${name}'`,
    );
  }
}

function namesOf(options: unknown): string[] {
  try {
    if (typeof options === "object" && options !== null) {
      return Object.keys(options);
    }
  } catch {
    // A revoked Proxy.
  }
  throw new IreeError("INVALID_ARGUMENT", "options must be an object");
}

/** Backtrace lines that IREE appends: the position in each program. */
const BACKTRACE_LINE = /^\[ *\d+\] +(?:bytecode|native) /;

/**
 * Creates an error from a code and IREE's text of a status: `file.c:12: CODE;
 * what happened; where; ` and a backtrace. Each part may be missing.
 *
 * @param code Number of the status code.
 * @param status IREE's text.
 * @returns The error.
 */
export function errorFromStatus(code: number, status: string): IreeError {
  const name = STATUS_CODES[code] ?? "UNKNOWN";
  const detail = withoutBacktrace(withoutHead(status, name));
  return new IreeError(
    name === "OK" ? "UNKNOWN" : name,
    detail === "" ? "no message" : detail,
    { status },
  );
}

function withoutHead(status: string, name: string): string {
  const located = status.indexOf(`: ${name}`);
  const end = status.startsWith(name) || located < 0
    ? name.length
    : located + ": ".length + name.length;
  return status.startsWith("; ", end) ? status.slice(end + 2) : "";
}

function withoutBacktrace(text: string): string {
  const lines = text.split("\n");
  let end = lines.length;
  while (end > 0 && BACKTRACE_LINE.test(lines[end - 1]!)) end--;
  if (end === lines.length) return text;
  return lines.slice(0, end).join("\n").replace(/; $/, "");
}
