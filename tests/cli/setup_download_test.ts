import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Download, download } from "../../lib/cli/setup/download.ts";
import { IreeError } from "../../mod.ts";
import { TemporaryFolder, test } from "../support.ts";
import { type Answer, pathsUnder, Server } from "./archives.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(60_000));

interface Result {
  readonly outcome: Uint8Array | IreeError;
  readonly ranges: readonly (string | null)[];
  readonly left: readonly string[];
  readonly progress: readonly (readonly [number, number | undefined])[];
}

/** Downloads from a server with these answers; returns the outcome. */
async function attempt(
  answers: readonly Answer[],
  options: Partial<Download> = {},
  before?: Uint8Array,
): Promise<Result> {
  using folder = new TemporaryFolder();
  await using server = new Server(BYTES, answers, folder.path);
  if (before !== undefined) {
    await Deno.writeFile(folder.join("hash.partial"), before);
  }
  const progress: [number, number | undefined][] = [];
  let outcome;
  try {
    outcome = await download({
      url: server.url,
      sha256: "hash",
      size: BYTES.length,
      folder: folder.path,
      progress: (received, total) => progress.push([received, total]),
      pause: () => Promise.resolve(),
      ...options,
    });
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    outcome = error;
  }
  const left = await pathsUnder(folder.path);
  return { outcome, ranges: server.ranges, left, progress };
}

test("A download returns the bytes and leaves nothing behind", async () => {
  const { outcome, ranges, left, progress } = await attempt([]);
  assertEquals(outcome, BYTES);
  assertEquals([ranges, left], [[null], []]);
  assertEquals(progress.at(-1), [BYTES.length, BYTES.length]);
});

test("An interrupted download resumes", async () => {
  const { outcome, ranges, left } = await attempt([
    { breaksAfter: 10_000 },
    { breaksAfter: 20_000 },
  ]);
  assertEquals(outcome, BYTES);
  assertEquals(ranges, [null, "bytes=10000-", "bytes=30000-"]);
  assertEquals(left, []);
});

test("A download resumes an earlier one", async () => {
  const { outcome, ranges } = await attempt([], {}, BYTES.slice(0, 123));
  assertEquals(outcome, BYTES);
  assertEquals(ranges, ["bytes=123-"]);
  const whole = await attempt([], {}, BYTES);
  assertEquals([whole.outcome, whole.ranges], [BYTES, []]);
});

test("A server without ranges sends everything again", async () => {
  const { outcome } = await attempt([
    { breaksAfter: 10_000 },
    { whole: true },
  ]);
  assertEquals(outcome, BYTES);
});

test("A partial download longer than the file is discarded", async () => {
  const longer = new Uint8Array(BYTES.length + 1);
  const { outcome, ranges } = await attempt([], {}, longer);
  assertEquals(outcome, BYTES);
  assertEquals(ranges, [`bytes=${longer.length}-`, null]);
});

test("A download without a length succeeds", async () => {
  const { outcome, progress } = await attempt([{ chunked: true }], {
    size: undefined,
  });
  assertEquals(outcome, BYTES);
  assertEquals(progress.at(-1), [BYTES.length, undefined]);
});

test("A stalled connection counts as broken", async () => {
  // On a busy machine the first bytes may take longer than the limit.
  for (let stallTimeout = 300;; stallTimeout *= 2) {
    assert(stallTimeout < 100_000, "no stallTimeout was long enough");
    const answers = [{ silentAfter: 500 }];
    const { outcome, ranges } = await attempt(answers, { stallTimeout });
    assertEquals(outcome, BYTES);
    if (ranges[1] === null) continue;
    assertEquals(ranges, [null, "bytes=500-"]);
    break;
  }
});

test("A server error is retried", async () => {
  const answers = [{ status: 503 }, { status: 429 }, { status: 500 }];
  const { outcome, ranges } = await attempt(answers);
  assertEquals([outcome, ranges.length], [BYTES, 4]);
});

test("After repeated failures the partial download is kept for the next time", async () => {
  const broken = Array.from({ length: 9 }, () => ({ status: 500 }));
  const { outcome, ranges, left } = await attempt([
    { breaksAfter: 10_000 },
    ...broken,
  ]);
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "UNAVAILABLE");
  assertStringIncludes(outcome.message, "the server responded with 500");
  assertStringIncludes(outcome.message, "10000 bytes are kept");
  assertEquals(ranges.length, 5);
  assertEquals(left, ["hash.partial"]);
});

/** A host and port without a listener. */
function deadAddress(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
}

test("An unreachable server leaves nothing behind", async () => {
  const url = new URL(`http://${deadAddress()}/x.tar.gz`);
  const { outcome, left } = await attempt([], { url });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "UNAVAILABLE");
  assertStringIncludes(outcome.message, url.href);
  assertEquals(left, []);
});

test("A missing file is not retried", async () => {
  const { outcome, ranges, left } = await attempt([{ status: 404 }]);
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "NOT_FOUND");
  assertStringIncludes(outcome.message, "404");
  assertEquals([ranges.length, left], [1, []]);
});

test("A server that rejects the whole file as a range is not retried forever", async () => {
  const { outcome, ranges } = await attempt([{ status: 416 }]);
  assert(outcome instanceof IreeError);
  assertStringIncludes(outcome.message, "416");
  assertEquals(ranges.length, 1);
});

test("Errors omit secrets in a URL", async () => {
  await using server = new Server(BYTES, [{ status: 404 }]);
  for (const address of [server.url.host, deadAddress()]) {
    const { outcome } = await attempt([], {
      url: new URL(`http://alice:sesame@${address}/x.tar.gz?key=4711`),
    });
    assert(outcome instanceof IreeError);
    assertStringIncludes(outcome.message, `http://${address}/x.tar.gz`);
    assertEquals(/alice|sesame|4711/.exec(outcome.message), null);
  }
});

test("More bytes than expected are rejected", async () => {
  const { outcome, left } = await attempt([], { size: 100 });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "DATA_LOSS");
  assertStringIncludes(outcome.message, "more than 100 bytes");
  assertEquals(left, []);
});

test("A full disk is an error and leaves nothing behind", async () => {
  const mockOfFullDisk = () =>
    Promise.reject(new Error("No space left on device (os error 28)"));
  const { outcome, left } = await attempt([], { append: mockOfFullDisk });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "FAILED_PRECONDITION");
  assertStringIncludes(outcome.message, "No space left on device");
  assertStringIncludes(outcome.message, "no files were left behind");
  assertEquals(left, []);
});
