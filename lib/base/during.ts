import type { Handle } from "../../ffi/ownership/handle.ts";

/**
 * Calls a function when some work has ended, and keeps an object until then.
 *
 * @typeParam Result What the work returns.
 * @param handle The object.
 * @param work The work; a promise ends it when it is settled.
 * @param end The function.
 * @returns What the work returns.
 */
export function during<Result>(
  handle: Handle,
  work: () => Result,
  end: () => void,
): Result {
  let isPending = false;
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    isPending = true;
    handle.retain();
    return result.finally(() => {
      end();
      handle.release();
    }) as Result;
  } finally {
    if (!isPending) end();
  }
}
