import { IreeError, type StatusCode } from "../base/error.ts";
import { QueueFullError } from "./queue_full.ts";
import { RequestError } from "./http_errors.ts";
import { RETRY_AFTER } from "./retry_after.ts";

/** A failure as its client gets it. */
export interface Failure {
  /** Status of the HTTP response. */
  readonly status: number;
  /** Code of the gRPC status. */
  readonly code: StatusCode;
  /** What concerns the request. */
  readonly text: string;
  /** Additional headers of the HTTP response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Statuses of failures of the library; any other is 500. */
const STATUSES: Partial<Record<StatusCode, number>> = {
  INVALID_ARGUMENT: 400,
  UNAVAILABLE: 503,
};

/**
 * Describes the failure of a request, without what concerns only the server.
 *
 * @param error The failure.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RequestError) {
    const { code, httpStatus: status, detail: text, headers } = error;
    return { status, code, text, headers };
  }
  if (!(error instanceof IreeError)) return modelFailure("INTERNAL");
  const { code, detail: text } = error;
  const status = error instanceof QueueFullError ? 429 : STATUSES[code];
  if (status === undefined) return modelFailure(code);
  const headers = status === 400 ? {} : RETRY_AFTER;
  return { status, code, text: status < 500 ? text : own(code), headers };
}

function modelFailure(code: StatusCode): Failure {
  return { status: 500, code: "INTERNAL", text: own(code), headers: {} };
}

function own(code: StatusCode): string {
  return `the model failed: ${code}`;
}
