import { STATUS_CODES } from "../../../ffi/base/error.ts";
import { describeFailure } from "../failure_status.ts";
import type { GrpcStatus } from "./grpc_library.ts";

/**
 * Describes a failure as gRPC does.
 *
 * @param error The failure.
 */
export function grpcStatus(error: unknown): GrpcStatus {
  const { code, text } = describeFailure(error);
  // The codes that a request fails with have the same numbers in gRPC.
  return { code: STATUS_CODES.indexOf(code), details: text };
}
