import type { Bytes } from "../../ffi/base/typed_array.ts";
import { PAGE_SCRIPT } from "./page_script.ts";
import { type ProfileOptions, readTimeline } from "./timeline.ts";

const STYLE = `
body { font: 14px system-ui, sans-serif; margin: 1.5rem; color-scheme: light dark; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
canvas { display: block; width: 100%; border: 1px solid #8884; }
#timeline { cursor: grab; touch-action: none; }
#tip { position: fixed; white-space: pre; pointer-events: none; padding: .4rem;
  background: #222; color: #eee; border-radius: 4px; font-size: 12px; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: .2rem .6rem; border-bottom: 1px solid #8884; text-align: right; }
td:first-child, th:first-child, td:last-child, th:last-child {
  text-align: left; word-break: break-all; }
`;

/**
 * Draws a profile as one HTML page that needs no other file: a timeline of the
 * host's calls and the devices' queues with zoom, a flame graph, a table of
 * dispatches by total time, and the memory in use.
 *
 * @example
 * ```ts ignore
 * import { renderProfile } from "@iree/runtime/profile";
 *
 * Deno.writeTextFileSync("profile.html", renderProfile("model.ireeprof"));
 * ```
 *
 * @param source Path or `file:` URL of the bundle, `-` for standard input, or the
 * bytes.
 * @param options How it is read.
 * @returns The page. Throws as `readTimeline` does.
 */
export function renderProfile(
  source: string | URL | Bytes,
  options?: ProfileOptions,
): string {
  // In JSON, the escape is the same character, and ends no element.
  const timeline = readTimeline(source, options);
  const data = JSON.stringify(timeline).replaceAll("<", "\\u003c");
  const { droppedRecords } = timeline;
  const warning = droppedRecords > 0
    ? `<p id="dropped">${droppedRecords} events are missing: the capture had ` +
      "no room for them. Capture fewer calls or operations, or flush " +
      "devices more often.</p>\n"
    : "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Profile</title>
<style>${STYLE}</style>
</head>
<body>
${warning}<h2>Timeline</h2>
<p>
<button id="zoom-in">zoom in</button>
<button id="zoom-out">zoom out</button>
<button id="zoom-all">everything</button>
or the mouse wheel; drag to move
</p>
<div><canvas id="timeline"></canvas></div>
<h2>Flame graph: the time of all equal stacks</h2>
<div><canvas id="flames"></canvas></div>
<h2>Dispatches by total time</h2>
<table id="dispatches">
<thead><tr><th>function</th><th>count</th><th>total</th><th>share</th>
<th>mean</th><th>longest</th><th>source</th></tr></thead>
<tbody></tbody>
</table>
<h2>Memory of devices in use</h2>
<div><canvas id="memory"></canvas></div>
<div id="tip" hidden></div>
<script type="application/json" id="data">${data}</script>
<script>(() => {${PAGE_SCRIPT}})();</script>
</body>
</html>
`;
}
