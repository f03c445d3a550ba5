import { assertEquals, assertStringIncludes } from "@std/assert";
import { execute, TemporaryFolder } from "../support.ts";
import { findings, formatFindings } from "./reports.ts";

const LIBRARY = "from /cache/runtime/0123/lib/libiree_runtime.so";
const MODULE = "from /tmp/iree_deno_1234/module.so";
const DENO = "from /cache/tools/0123/bin/deno";

/** LeakSanitizer's report of leaks with one frame each. */
function leaks(...frames: string[]): string {
  const each = frames.map((frame) =>
    `Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 in f ${frame}\n\n`
  );
  return "\n=====\n==deno==1==ERROR: LeakSanitizer: detected memory leaks\n\n" +
    each.join("") + "SUMMARY: AddressSanitizer: 8 byte(s) leaked.\n";
}

/** AddressSanitizer's report of an error with one frame. */
function error(frame: string): string {
  return "=====\n==deno==1==ERROR: AddressSanitizer: heap-use-after-free\n" +
    `    #0 in f ${frame}\n==deno==1==ABORTING\n`;
}

/** Programs whose reports count, when one of them wrote the text. */
function found(program: string, text: string): string[] {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.join(`report.${program}.1`), text);
  return findings(folder.path).map(({ text }) => text.slice(0, 12).trim());
}

Deno.test("A leak counts if one of our frames is in its stack", () => {
  assertEquals(found("deno", leaks(DENO)), []);
  assertEquals(found("deno", leaks(LIBRARY, DENO, MODULE)).length, 2);
  assertEquals(found("iree-run-module", leaks(MODULE)), ["Direct leak"]);
  assertEquals(found("cc1plus", leaks("from /usr/lib/gcc/cc1plus")), []);
});

Deno.test("An error counts in Deno, and elsewhere with one of our frames", () => {
  assertEquals(found("deno", error(DENO)).length, 1);
  assertEquals(found("iree-run-module", error("from /bin/peer")), []);
  assertEquals(found("iree-run-module", error(MODULE)).length, 1);
  assertEquals(found("deno", error(DENO) + leaks(LIBRARY)).length, 2);
  // A compile in a child process that crashes.
  const compiler = "from /cache/iree/compiler/_mlir_libs/libIREECompiler.so";
  assertEquals(found("deno", error(compiler)), []);
  assertEquals(
    found("deno", error(`${compiler}\n    #1 in g ${LIBRARY}`)).length,
    1,
  );
});

Deno.test("A sanitizer that fails itself counts, a warning does not", () => {
  const failed = "==1==LeakSanitizer has encountered a fatal error.\n";
  assertEquals(found("deno", failed).length, 1);
  const check = "==deno==1==AddressSanitizer: CHECK failed: asan.cpp:1\n";
  assertEquals(found("deno", check).length, 1);
  const warning = "==deno==1==WARNING: AddressSanitizer failed to allocate\n";
  assertEquals(found("deno", warning), []);
});

Deno.test("Each report that counts is printed once with its stack, and counted", () => {
  using folder = new TemporaryFolder();
  assertEquals(
    formatFindings(findings(folder.path)),
    "sanitizers: 0 reports that count",
  );
  for (const pid of [1, 2]) {
    Deno.writeTextFileSync(folder.join(`report.deno.${pid}`), leaks(LIBRARY));
  }
  const text = formatFindings(findings(folder.path));
  assertStringIncludes(text, "\n2 times deno: Direct leak of 8 byte(s)");
  assertStringIncludes(text, LIBRARY);
  assertEquals(
    text.split("\n").at(-1),
    "sanitizers: 2 reports that count",
  );
});

Deno.test("A process whose leak checker crashes runs once more", async () => {
  using folder = new TemporaryFolder();
  const env = {
    ASAN_OPTIONS: `verbosity=0:log_path=${folder.join("report")}`,
    LD_PRELOAD: "",
  };
  const runs = folder.join("runs");
  const crashing = (times: number) => `
    echo >> ${runs}
    if [ $(wc -l < ${runs}) -le ${times} ]; then
      echo "Tracer caught signal 11: addr=0x0" > ${folder.path}/report.sh.$$
      exit 134
    fi`;
  assertEquals((await execute("sh", ["-c", crashing(1)], { env })).code, 0);
  assertEquals(findings(folder.path), []);
  await Deno.remove(runs);
  assertEquals((await execute("sh", ["-c", crashing(2)], { env })).code, 134);
});
