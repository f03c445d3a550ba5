import { IreeError, type StatusCode } from "../base/error.ts";
import { RETRY_AFTER } from "./retry_after.ts";

/** The failure of a request that the server answers itself. */
export class RequestError extends IreeError {
  override readonly name: string = "RequestError";
  /** Status of the HTTP response. */
  readonly httpStatus: number;
  /** Additional headers of the HTTP response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: StatusCode,
    httpStatus: number,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, detail);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

/** A request that does not fit. */
export function badRequest(detail: string): RequestError {
  return new RequestError("INVALID_ARGUMENT", 400, detail);
}

/** A name that does not exist. */
export function notFound(detail: string): RequestError {
  return new RequestError("NOT_FOUND", 404, detail);
}

/** A server or model that does not accept requests now. */
export function unavailable(detail: string): RequestError {
  return new RequestError("UNAVAILABLE", 503, detail, RETRY_AFTER);
}

/** A request that took too long. */
export function tooLate(milliseconds: number): RequestError {
  return new RequestError(
    "DEADLINE_EXCEEDED",
    504,
    `no answer within the ${milliseconds / 1000} s of the request timeout`,
  );
}
