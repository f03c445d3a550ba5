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

/** Downloads from a server that answers like that; tells what happened. */
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

test("A download gives the bytes and leaves nothing behind", async () => {
  const { outcome, ranges, left, progress } = await attempt([]);
  assertEquals(outcome, BYTES);
  assertEquals([ranges, left], [[null], []]);
  assertEquals(progress.at(-1), [BYTES.length, BYTES.length]);
});

test("A download that breaks off goes on where it was", async () => {
  const { outcome, ranges, left } = await attempt([
    { breaksAfter: 10_000 },
    { breaksAfter: 20_000 },
  ]);
  assertEquals(outcome, BYTES);
  assertEquals(ranges, [null, "bytes=10000-", "bytes=30000-"]);
  assertEquals(left, []);
});

test("A download goes on with what an earlier one has left", async () => {
  const { outcome, ranges } = await attempt([], {}, BYTES.slice(0, 123));
  assertEquals(outcome, BYTES);
  assertEquals(ranges, ["bytes=123-"]);
  const whole = await attempt([], {}, BYTES);
  assertEquals([whole.outcome, whole.ranges], [BYTES, []]);
});

test("A server that knows no ranges sends the whole again", async () => {
  const { outcome } = await attempt([
    { breaksAfter: 10_000 },
    { whole: true },
  ]);
  assertEquals(outcome, BYTES);
});

test("What was left of something longer is thrown away", async () => {
  const longer = new Uint8Array(BYTES.length + 1);
  const { outcome, ranges } = await attempt([], {}, longer);
  assertEquals(outcome, BYTES);
  assertEquals(ranges, [`bytes=${longer.length}-`, null]);
});

test("A size that nobody tells is no hindrance", async () => {
  const { outcome, progress } = await attempt([{ chunked: true }], {
    size: undefined,
  });
  assertEquals(outcome, BYTES);
  assertEquals(progress.at(-1), [BYTES.length, undefined]);
});

test("A connection that goes silent counts as broken", async () => {
  // On a busy machine the first bytes may take longer than the patience.
  for (let patience = 300;; patience *= 2) {
    assert(patience < 100_000, "no patience was long enough");
    const answers = [{ silentAfter: 500 }];
    const { outcome, ranges } = await attempt(answers, { patience });
    assertEquals(outcome, BYTES);
    if (ranges[1] === null) continue;
    assertEquals(ranges, [null, "bytes=500-"]);
    break;
  }
});

test("A server in trouble is asked again", async () => {
  const answers = [{ status: 503 }, { status: 429 }, { status: 500 }];
  const { outcome, ranges } = await attempt(answers);
  assertEquals([outcome, ranges.length], [BYTES, 4]);
});

test("After failures in a row, what was received is kept for the next time", async () => {
  const broken = Array.from({ length: 9 }, () => ({ status: 500 }));
  const { outcome, ranges, left } = await attempt([
    { breaksAfter: 10_000 },
    ...broken,
  ]);
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "UNAVAILABLE");
  assertStringIncludes(outcome.message, "the server answered 500");
  assertStringIncludes(outcome.message, "10000 bytes are kept");
  assertEquals(ranges.length, 5);
  assertEquals(left, ["hash.partial"]);
});

/** Host and port that nobody listens at. */
function deadAddress(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
}

test("A server that is not there leaves nothing behind", async () => {
  const url = new URL(`http://${deadAddress()}/x.tar.gz`);
  const { outcome, left } = await attempt([], { url });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "UNAVAILABLE");
  assertStringIncludes(outcome.message, url.href);
  assertEquals(left, []);
});

test("An address that has nothing is not asked again", async () => {
  const { outcome, ranges, left } = await attempt([{ status: 404 }]);
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "NOT_FOUND");
  assertStringIncludes(outcome.message, "404");
  assertEquals([ranges.length, left], [1, []]);
});

test("A server that refuses the whole as a range is not asked for ever", async () => {
  const { outcome, ranges } = await attempt([{ status: 416 }]);
  assert(outcome instanceof IreeError);
  assertStringIncludes(outcome.message, "416");
  assertEquals(ranges.length, 1);
});

test("What is secret in an address is in no error", async () => {
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

test("More bytes than there should be are refused", async () => {
  const { outcome, left } = await attempt([], { size: 100 });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "DATA_LOSS");
  assertStringIncludes(outcome.message, "more than 100 bytes");
  assertEquals(left, []);
});

test("A full disk is an error, and nothing is left behind", async () => {
  const mockOfFullDisk = () =>
    Promise.reject(new Error("No space left on device (os error 28)"));
  const { outcome, left } = await attempt([], { append: mockOfFullDisk });
  assert(outcome instanceof IreeError);
  assertEquals(outcome.code, "FAILED_PRECONDITION");
  assertStringIncludes(outcome.message, "No space left on device");
  assertStringIncludes(outcome.message, "nothing was left behind");
  assertEquals(left, []);
});
