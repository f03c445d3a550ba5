import type { StatusCode } from "../../base/error.ts";
import { describeFailure } from "../failure.ts";
import type { GrpcStatus } from "./library.ts";

/** The codes of gRPC by their number. */
const CODES: readonly (StatusCode | "OK")[] = [
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
];

/**
 * Describes a failure as gRPC does.
 *
 * @param error The failure.
 */
export function grpcStatus(error: unknown): GrpcStatus {
  const { code, text } = describeFailure(error);
  return { code: CODES.indexOf(code), details: text };
}
