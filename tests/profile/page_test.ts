// A profile as a page, in a real browser, and as trace events.

import { assert, assertEquals } from "@std/assert";
import { load } from "../../mod.ts";
import {
  type CaptureOptions,
  formatTrace,
  readTimeline,
  renderProfile,
} from "../../lib/profile/mod.ts";
import {
  execute,
  iree,
  program,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { browse, findBrowser, openBrowser } from "../serve/browser.ts";

const FACTORS = [new Float32Array([1, 2, 3, 4]), new Float32Array(4)] as const;
const CALLS = 5;

/** The line of the function that multiplies. */
const SOURCE = "mul.mlir:4";

async function capture(
  device = "local-sync",
  options?: CaptureOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  using mul = load({ modules: [await program("mul.mlir")], device });
  return await mul.profile(async (capture) => {
    capture.span("</script>", () => {});
    await capture.span("all calls", async () => {
      for (let i = 0; i < CALLS; i++) {
        await mul.computeAsync("mul", ...FACTORS);
      }
    });
  }, options);
}

test("A timeline has calls, imports, waits, copies, dispatches and memory", async () => {
  for (const device of ["local-sync", "local-task"]) {
    const { tracks, spans, dispatches, memory, duration } = readTimeline(
      await capture(device),
    );
    const count = (category: string) =>
      spans.filter((it) => it.category === category).length;
    assertEquals(count("dispatch"), CALLS, device);
    assertEquals(count("call"), CALLS, device);
    assertEquals(count("named"), 2, device);
    assert(count("wait") >= CALLS, device);
    assert(count("import") >= CALLS, device);
    assert(count("read") >= CALLS, device);
    assertEquals(dispatches.map((it) => it.count), [CALLS]);
    assert(dispatches[0]!.name.startsWith("mul_dispatch_0"));
    assert(memory.length >= CALLS && memory.every(({ bytes }) => bytes >= 0));
    for (const { track, start, duration: length } of spans) {
      assert(tracks[track] !== undefined);
      assert(start >= 0 && length >= 0 && start + length <= duration);
    }
    // Calls run on the device's and the host's clock, which is the same here.
    const calls = spans.filter(({ category }) => category === "call");
    for (const it of spans.filter(({ category }) => category === "dispatch")) {
      assert(
        calls.some((call) =>
          call.start <= it.start &&
          it.start + it.duration <= call.start + call.duration
        ),
        `${device}: a dispatch at ${it.start} is inside a call`,
      );
    }
  }
});

test("A bundle of IREE's tool has a timeline of its devices", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("theirs");
  const { code } = await execute(tool("iree-run-module"), [
    `--module=${await program("mul.mlir")}`,
    "--function=mul",
    "--input=4xf32=1 2 3 4",
    "--input=4xf32=2",
    "--device_profiling_mode=queue-events,host-execution,memory-events",
    `--device_profiling_output=${path}`,
  ]);
  assertEquals(code, 0);
  const { tracks, dispatches } = readTimeline(path);
  assert(tracks.every(({ kind }) => kind === "device"));
  assertEquals(dispatches.map(({ count }) => count), [1]);
});

test("Trace events are JSON with every span once", async () => {
  const bundle = await capture();
  const { spans, tracks } = readTimeline(bundle);
  const { traceEvents: events } = JSON.parse(formatTrace(bundle));
  const phases = (ph: string) =>
    events.filter((it: { ph: string }) => it.ph === ph);
  assertEquals(phases("X").length, spans.length);
  assertEquals(phases("M").length, 2 + tracks.length);
  assert(phases("C").length > 0);
});

test("Dispatches have the source locations of their program", async () => {
  const bundle = await capture();
  const path = await program("mul.mlir");
  const other = await program("mul_vmvx.mlir");
  for (const programs of [[path], [other, Deno.readFileSync(path)]]) {
    const [dispatch] = readTimeline(bundle, { programs }).dispatches;
    assertEquals(dispatch.source?.replace(/^.*\//, ""), SOURCE);
    const { traceEvents } = JSON.parse(formatTrace(bundle, { programs }));
    const sources = traceEvents.flatMap((it: { args: { source?: string } }) =>
      it.args.source ?? []
    );
    assertEquals(sources, Array(CALLS).fill(dispatch.source));
  }
  for (const programs of [undefined, [], [other]]) {
    const [dispatch] = readTimeline(bundle, { programs }).dispatches;
    assertEquals("source" in dispatch, false);
  }
});

test("iree profile writes the page and the trace", async () => {
  using folder = new TemporaryFolder();
  Deno.writeFileSync(folder.join("a.ireeprof"), await capture());
  const { code, stderr } = await iree(
    [
      "profile",
      "a.ireeprof",
      "--html=a.html",
      "--trace=a.json",
      `--module=${await program("mul.mlir")}`,
    ],
    { cwd: folder.path },
  );
  assertEquals([code, stderr], [0, ""]);
  const page = Deno.readTextFileSync(folder.join("a.html"));
  assert(page.endsWith("</html>\n"));
  const trace = Deno.readTextFileSync(folder.join("a.json"));
  JSON.parse(trace);
  assert(page.includes(SOURCE) && trace.includes(SOURCE));
});

const browser = Deno.env.has("DEV_SANITIZE")
  ? { reason: "a browser does not run with a sanitizer" }
  : await findBrowser();
const NAME = "The page of a profile shows every dispatch in a browser";

if ("reason" in browser) {
  console.warn(`no browser for "${NAME}": ${browser.reason}`);
  Deno.test.ignore(NAME, () => {});
} else {
  Deno.test({
    name: NAME,
    // The driver keeps timers.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      using folder = new TemporaryFolder();
      const path = folder.join("profile.html");
      const programs = [await program("mul.mlir")];
      const bundle = await capture("local-sync", { traceExecution: true });
      const operations = readTimeline(bundle).spans
        .filter(({ category }) => category === "vm");
      assert(operations.length > CALLS);
      const html = renderProfile(bundle, { programs });
      Deno.writeTextFileSync(path, html);
      const opened = await openBrowser(browser.path);
      try {
        await browse(opened, `file://${path}`, async ({ page, ...it }) => {
          const ready = page.locator(
            `body[data-ready="true"][data-dispatches="${CALLS}"]` +
              `[data-operations="${operations.length}"]`,
          );
          await ready.waitFor();
          assertEquals(await page.locator("#dispatches tbody tr").count(), 1);
          const cell = `#dispatches td:last-child:has-text("${SOURCE}")`;
          assertEquals(await page.locator(cell).count(), 1);
          for (const name of ["zoom in", "zoom out", "everything"]) {
            await page.getByRole("button", { name }).click();
          }
          const box = await page.locator("#timeline").boundingBox();
          await page.mouse.move(box!.x + box!.width / 2, box!.y + 50);
          assertEquals(it.complaints, []);
          // No other file is asked for.
          assertEquals([...it.origins], ["null"]);
        });
      } finally {
        await opened.close();
      }
    },
  });
}
