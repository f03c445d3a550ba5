import { RequestError, tooLate } from "./request_error.ts";

/**
 * Creates a signal that ends a request.
 *
 * @param client Aborted when the client no longer waits.
 * @param timeout Milliseconds until the request is too late.
 * @returns The signal; `release` ends the watch.
 */
export function watch(
  client: AbortSignal,
  timeout: number,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(tooLate(timeout)), timeout);
  const gone = () => controller.abort(reasonOf(client));
  client.addEventListener("abort", gone);
  if (client.aborted) gone();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      client.removeEventListener("abort", gone);
    },
  };
}

function reasonOf({ reason }: AbortSignal): RequestError {
  if (reason instanceof RequestError) return reason;
  // The status that nginx logs for it; it reaches no client.
  return new RequestError("CANCELLED", 499, "the client disconnected");
}
