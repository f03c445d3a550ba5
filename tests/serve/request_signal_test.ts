import { assert, assertEquals, assertFalse } from "@std/assert";
import { RequestSignals } from "../../lib/serve/request_signal.ts";
import { test } from "../support.ts";

const client = new AbortController();

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
  const before = signals.watch(gone);
  gone.abort();
  const after = signals.watch(gone);
  const statuses = [before, after].map((it) => {
    it.release();
    return it.signal.reason.httpStatus;
  });
  assertEquals(statuses, [499, 499]);
});

test("The signal of a client is read only for a long request", async () => {
  const signals = new RequestSignals(60_000);
  const gone = new AbortController();
  const reads: string[] = [];
  const client = (name: string) => ({
    get signal() {
      reads.push(name);
      return gone.signal;
    },
  });
  const short = signals.watch(client("short"), 20);
  short.release();
  const long = signals.watch(client("long"), 20);
  // The client of the long request has gone before its signal is read.
  gone.abort();
  assertFalse(long.signal.aborted);
  await aborted(long.signal);
  assertEquals(long.signal.reason.httpStatus, 499);
  long.release();
  assertEquals(reads, ["long"]);
});

test("A request may be too late before its client's signal is read", async () => {
  const signals = new RequestSignals(20);
  const late = signals.watch(client, 60_000);
  await aborted(late.signal);
  assertEquals(late.signal.reason.httpStatus, 504);
  late.release();
});
