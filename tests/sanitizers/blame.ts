/**
 * Fails a test whose processes wrote sanitizer reports that count, which names
 * it. Those of the test's own process come at its end, without a name.
 *
 * @module
 */

import { reportFolder } from "./checker_crash.ts";
import { findings, formatFindings } from "./reports.ts";

const folder = reportFolder(Deno.env.get("ASAN_OPTIONS"));

if (folder !== undefined) {
  const known = new Set<string>();
  findings(folder, known);
  Deno.test.afterEach(() => {
    const found = findings(folder, known);
    if (found.length > 0) throw new Error(formatFindings(found));
  });
}
