import type { HostSpan } from "./host_spans.ts";

/** An operation that may call the operations that follow. */
interface Caller {
  readonly span: HostSpan;
  end: number;
}

/**
 * Makes operations of the VM that call functions last until these return. They
 * are recorded as ending where the next operation begins, on whichever frame.
 *
 * @param spans What the host did.
 * @returns The spans, each thread's operations nested by the depth of frames.
 */
export function nestOperations(spans: readonly HostSpan[]): HostSpan[] {
  const threads = new Map<string, HostSpan[]>();
  const nested: HostSpan[] = [];
  for (const span of spans) {
    if (span.kind !== "vm") {
      nested.push(span);
      continue;
    }
    const operations = threads.get(span.thread) ?? [];
    threads.set(span.thread, operations);
    operations.push(span);
  }
  for (const operations of threads.values()) {
    const callers: Caller[] = [];
    const close = (depth: number) => {
      while (callers.length > 0 && callers.at(-1)!.span.depth >= depth) {
        const { span, end } = callers.pop()!;
        nested.push({ ...span, end });
        const caller = callers.at(-1);
        if (caller !== undefined) caller.end = Math.max(caller.end, end);
      }
    };
    for (const span of operations.sort((a, b) => a.start - b.start)) {
      close(span.depth);
      callers.push({ span, end: span.end });
    }
    close(0);
  }
  return nested;
}
