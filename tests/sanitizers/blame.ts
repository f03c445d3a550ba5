/**
 * Fails a test whose processes wrote sanitizer reports that count, which names
 * it. Those of the test's own process come at its end, without a name.
 *
 * @module
 */

import { findings, formatFindings } from "./reports.ts";

const folder = /log_path=([^:]+)\/report/.exec(
  Deno.env.get("ASAN_OPTIONS") ?? "",
)?.[1];

if (folder !== undefined) {
  const known = new Set<string>();
  findings(folder, known);
  Deno.test.afterEach(() => {
    const found = findings(folder, known);
    if (found.length > 0) throw new Error(formatFindings(found));
  });
}
