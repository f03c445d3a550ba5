import { IreeError } from "../../base/error.ts";
import { QueueFullError } from "../queue_full.ts";
import { RequestError } from "../http_errors.ts";
import { RETRY_AFTER } from "../retry_after.ts";
import { OpenAiError } from "./fields.ts";

/** A failure as OpenAI's API reports it. */
export interface OpenAiFailure {
  /** Status of the response. */
  readonly status: number;
  /** Body of the response. */
  readonly body: object;
  /** Additional headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Types of errors by the status of the response. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  429: "rate_limit_error",
};

/** Codes of errors that the server's limits cause, by status. */
const CODES: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  429: "rate_limit_exceeded",
};

/** Describes a failure. */
export function openAiFailure(error: unknown): OpenAiFailure {
  const status = statusOf(error);
  // Only what concerns the request goes to the client.
  const isKnown = error instanceof IreeError &&
    (status < 500 || error instanceof RequestError);
  const message = isKnown ? error.detail : "the model failed";
  const ours = error instanceof OpenAiError ? error : undefined;
  return {
    status,
    headers: error instanceof RequestError
      ? error.headers
      : status === 429 || status === 503
      ? RETRY_AFTER
      : {},
    body: {
      error: {
        message,
        type: TYPES[status] ??
          (status < 500 ? "invalid_request_error" : "server_error"),
        param: ours?.param ?? null,
        code: ours?.openAiCode ?? CODES[status] ?? null,
      },
    },
  };
}

function statusOf(error: unknown): number {
  if (error instanceof RequestError) return error.httpStatus;
  if (error instanceof QueueFullError) return 429;
  if (!(error instanceof IreeError)) return 500;
  return error.code === "UNAVAILABLE"
    ? 503
    : error.code === "RESOURCE_EXHAUSTED"
    ? 400
    : 500;
}

/** Whether a path belongs to OpenAI's API. */
export function isOpenAi(path: string): boolean {
  return path.startsWith("/v1/");
}

/** The response for a failure. */
export function openAiRefusal(error: unknown): Response {
  const { status, body, headers } = openAiFailure(error);
  return Response.json(body, { status, headers });
}
