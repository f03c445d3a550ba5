/** Headers of a failure after which the same request may succeed. */
export const RETRY_AFTER: Readonly<Record<string, string>> = {
  "retry-after": "1",
};
