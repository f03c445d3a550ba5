import process from "node:process";
import { assert, assertEquals } from "@std/assert";
import { errorFromStatus } from "../../ffi/base/error.ts";
import { IreeError } from "../../mod.ts";
import { test } from "../support.ts";

test("A status splits into code, message and details", () => {
  const cases: [number, string, string][] = [
    [
      5,
      "dir/file.c:12: NOT_FOUND; no file 'x'; opening it",
      "no file 'x'; opening it",
    ],
    [5, "NOT_FOUND; no file 'x'", "no file 'x'"],
    [5, "file.c:12: NOT_FOUND", "no message"],
    [5, "NOT_FOUND", "no message"],
    [5, "", "no message"],
    [
      2,
      "f.cc:1: UNKNOWN; broken; while calling; \n[ 0] bytecode m@1:10 -",
      "broken; while calling",
    ],
    [
      2,
      "f.cc:1: UNKNOWN; broken; \n[ 1]   native a.b:0 -\n[ 0] bytecode m.f:1 -",
      "broken",
    ],
    // The module's own text is kept, whatever it looks like.
    [
      2,
      "f.cc:1: UNKNOWN; rows:\n[ 0] 1 2\n[ 1] 3 4",
      "rows:\n[ 0] 1 2\n[ 1] 3 4",
    ],
    [2, "f.cc:1: UNKNOWN; at x.c:9: UNKNOWN; odd", "at x.c:9: UNKNOWN; odd"],
    [2, "UNKNOWN; x.c:9: UNKNOWN; odd; ", "x.c:9: UNKNOWN; odd; "],
  ];
  for (const [code, status, detail] of cases) {
    const error = errorFromStatus(code, status);
    assertEquals(error.detail, detail);
    assertEquals(error.status, status);
  }
  assertEquals(errorFromStatus(5, "").code, "NOT_FOUND");
  assertEquals(errorFromStatus(99, "text").code, "UNKNOWN");
});

test("A message of any length is parsed in linear time", () => {
  const before = process.cpuUsage();
  for (const text of [" ", "; ", "[ 0] ", "\n[ 0] bytecode", "x:1: "]) {
    const message = `${text.repeat(1_000_000 / text.length)}x`;
    const error = errorFromStatus(2, `f.cc:1: UNKNOWN; ${message}`);
    assertEquals(error.detail === message, true);
  }
  // Measures work, not time, so other load on the machine changes nothing. It
  // takes tens of milliseconds; a quadratic parser would take hours.
  const { user, system } = process.cpuUsage(before);
  assert(user + system < 30_000_000, `${user + system} µs of work`);
});

test("A hint is added to the message once, and the stack is kept", () => {
  const error = new IreeError("NOT_FOUND", "no $& file", { status: "s" });
  const hinted = error.withHint("look $1 elsewhere");
  assertEquals(hinted.message, "NOT_FOUND: no $& file\nlook $1 elsewhere");
  assertEquals([hinted.code, hinted.status], ["NOT_FOUND", "s"]);
  assert(hinted.stack?.includes("look $1 elsewhere"));
});
