import { assert, assertEquals, assertFalse } from "@std/assert";
import { RequestSignals } from "../../lib/serve/request_signal.ts";
import { test } from "../support.ts";

const client = new AbortController().signal;

// On a busy machine, signals may be aborted before a test waits for them.
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

test("Requests that began one after another end each in its own time", async () => {
  const signals = new RequestSignals(60);
  const start = performance.now();
  const first = signals.watch(client);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const later = performance.now();
  const second = signals.watch(client);
  await aborted(first.signal);
  assert(performance.now() - start >= 59);
  assertEquals(first.signal.reason.httpStatus, 504);
  first.release();
  await aborted(second.signal);
  assert(performance.now() - later >= 59);
  second.release();
});

test("A request that was answered is not ended", async () => {
  const signals = new RequestSignals(20);
  const answered = signals.watch(client);
  const late = signals.watch(client);
  answered.release();
  await aborted(late.signal);
  late.release();
  assertFalse(answered.signal.aborted);
});

test("A request whose client is gone ends at once", () => {
  const signals = new RequestSignals(60_000);
  const gone = new AbortController();
  const before = signals.watch(gone.signal);
  gone.abort();
  const after = signals.watch(gone.signal);
  const statuses = [before, after].map(({ signal, release }) => {
    release();
    return signal.reason.httpStatus;
  });
  assertEquals(statuses, [499, 499]);
});
