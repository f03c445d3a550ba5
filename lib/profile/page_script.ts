/**
 * The program of the page: draws the timeline, the flame graph, the table and the
 * memory from the JSON in the element `data`. It needs nothing else.
 */
export const PAGE_SCRIPT: string = `"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const COLORS = {
  call: "#4e79a7", wait: "#bab0ac", import: "#76b7b2", write: "#edc948",
  read: "#b07aa1", named: "#59a14f", dispatch: "#e15759", operation: "#f28e2b",
  vm: "#9c755f", host: "#ff9da7",
};
const ROW = 18;
const HEAD = 16;

function time(ns) {
  if (ns >= 1e9) return (ns / 1e9).toFixed(3) + " s";
  if (ns >= 1e6) return (ns / 1e6).toFixed(3) + " ms";
  if (ns >= 1e3) return (ns / 1e3).toFixed(3) + " µs";
  return Math.round(ns) + " ns";
}
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; unit++; }
  return bytes.toFixed(unit > 0 ? 1 : 0) + " " + units[unit];
}

// Spans inside others go one row deeper.
const tracks = data.tracks.map((it) => ({ ...it, depth: 0, spans: [] }));
const open = tracks.map(() => []);
for (const span of data.spans) {
  const track = tracks[span.track];
  const stack = open[span.track];
  const end = span.start + span.duration;
  while (stack.length > 0 && stack[stack.length - 1].end <= span.start) stack.pop();
  const parent = stack[stack.length - 1];
  const node = { ...span, end, depth: stack.length, parent };
  stack.push(node);
  track.spans.push(node);
  track.depth = Math.max(track.depth, node.depth + 1);
}
let top = 0;
for (const track of tracks) {
  track.top = top;
  top += HEAD + track.depth * ROW + 6;
}

const tip = document.getElementById("tip");
function show(event, lines) {
  tip.textContent = lines.join("\\n");
  tip.style.left = Math.min(event.clientX + 12, innerWidth - 320) + "px";
  tip.style.top = event.clientY + 12 + "px";
  tip.hidden = false;
}
function describe(span) {
  const lines = [span.name, span.category + ", " + time(span.duration)];
  if (span.bytes > 0) lines.push(size(span.bytes));
  return lines.concat("at " + time(span.start));
}

function surface(id, height) {
  const canvas = document.getElementById(id);
  const ratio = devicePixelRatio || 1;
  const width = canvas.parentElement.clientWidth;
  canvas.style.height = height + "px";
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { canvas, context, width };
}
function box(context, x, y, width, color, text) {
  context.fillStyle = color;
  context.fillRect(x, y, Math.max(width, 0.5), ROW - 2);
  if (width < 24) return;
  context.save();
  context.beginPath();
  context.rect(x, y, width, ROW);
  context.clip();
  context.fillStyle = "#111";
  context.fillText(text, Math.max(x, 0) + 3, y + ROW / 2 - 1);
  context.restore();
}

const view = { start: 0, end: Math.max(data.duration, 1) };
function drawTimeline() {
  const { context, width } = surface("timeline", top + 20);
  const scale = width / (view.end - view.start);
  context.fillStyle = "#888";
  for (let i = 0; i <= 8; i++) {
    const at = view.start + (view.end - view.start) * i / 8;
    context.fillText(time(at), Math.min(width * i / 8, width - 60), 8);
  }
  for (const track of tracks) {
    context.fillStyle = "#888";
    context.fillText(track.name, 3, track.top + 20 + HEAD / 2);
    for (const span of track.spans) {
      if (span.end < view.start || span.start > view.end) continue;
      const x = (span.start - view.start) * scale;
      const y = track.top + 20 + HEAD + span.depth * ROW;
      box(context, x, y, span.duration * scale, COLORS[span.category], span.name);
    }
  }
}
function spanAt(event) {
  const { left, top: above, width } = event.target.getBoundingClientRect();
  const at = view.start +
    (event.clientX - left) / width * (view.end - view.start);
  const y = event.clientY - above - 20;
  const slack = (view.end - view.start) / width * 2;
  for (const track of tracks) {
    const depth = Math.floor((y - track.top - HEAD) / ROW);
    if (y < track.top || depth < 0 || depth >= track.depth) continue;
    return track.spans.find((it) =>
      it.depth === depth && it.start - slack <= at && at <= it.end + slack
    );
  }
}
function zoom(factor, center) {
  const least = 10;
  const length = Math.min(
    Math.max((view.end - view.start) * factor, least),
    Math.max(data.duration, least),
  );
  const share = (center - view.start) / (view.end - view.start);
  move(center - share * length, length);
}
function move(start, length) {
  const most = Math.max(data.duration, length);
  view.start = Math.min(Math.max(start, 0), most - length);
  view.end = view.start + length;
  drawTimeline();
}
const timeline = document.getElementById("timeline");
timeline.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left, width } = timeline.getBoundingClientRect();
  const at = view.start +
    (event.clientX - left) / width * (view.end - view.start);
  zoom(event.deltaY > 0 ? 1.25 : 0.8, at);
}, { passive: false });
let dragged;
timeline.addEventListener("pointerdown", (event) => {
  dragged = { x: event.clientX, start: view.start };
  timeline.setPointerCapture(event.pointerId);
});
timeline.addEventListener("pointerup", () => dragged = undefined);
timeline.addEventListener("pointermove", (event) => {
  const length = view.end - view.start;
  if (dragged !== undefined) {
    const moved = (event.clientX - dragged.x) / timeline.clientWidth * length;
    move(dragged.start - moved, length);
  }
  const span = spanAt(event);
  if (span === undefined) tip.hidden = true;
  else show(event, describe(span));
});
timeline.addEventListener("pointerleave", () => tip.hidden = true);
for (const [id, act] of Object.entries({
  in: () => zoom(0.5, (view.start + view.end) / 2),
  out: () => zoom(2, (view.start + view.end) / 2),
  all: () => move(0, Math.max(data.duration, 1)),
})) document.getElementById("zoom-" + id).addEventListener("click", act);

// The same stacks are one box of the flame graph.
const root = { name: "all", total: 0, children: new Map(), depth: 0 };
let deepest = 0;
function nodeOf(span) {
  if (span.node !== undefined) return span.node;
  const parent = span.parent === undefined
    ? trackNode(span.track)
    : nodeOf(span.parent);
  return span.node = child(parent, span.name, span.category);
}
function trackNode(track) {
  return child(root, tracks[track].name, "track");
}
function child(parent, name, category) {
  let node = parent.children.get(name);
  if (node === undefined) {
    const depth = parent.depth + 1;
    deepest = Math.max(deepest, depth);
    node = { name, category, total: 0, count: 0, depth, children: new Map() };
    parent.children.set(name, node);
  }
  return node;
}
for (const track of tracks) {
  for (const span of track.spans) {
    const node = nodeOf(span);
    node.total += span.duration;
    node.count++;
    if (span.parent === undefined) {
      trackNode(span.track).total += span.duration;
      root.total += span.duration;
    }
  }
}
let boxes = [];
function drawFlames() {
  const { context, width } = surface("flames", deepest * ROW + 4);
  boxes = [];
  const draw = (node, x) => {
    for (const it of node.children.values()) {
      const length = root.total > 0 ? it.total / root.total * width : 0;
      if (length < 0.3) continue;
      const y = (it.depth - 1) * ROW;
      box(context, x, y, length - 0.5, COLORS[it.category] || "#ddd", it.name);
      boxes.push({ it, x, y, length });
      draw(it, x);
      x += length;
    }
  };
  draw(root, 0);
}
document.getElementById("flames").addEventListener("pointermove", (event) => {
  const { left, top: above } = event.target.getBoundingClientRect();
  const x = event.clientX - left;
  const y = event.clientY - above;
  const found = boxes.find((it) =>
    x >= it.x && x < it.x + it.length && y >= it.y && y < it.y + ROW
  );
  if (found === undefined) return tip.hidden = true;
  const { name, total, count } = found.it;
  show(event, [name, time(total) + (count ? " in " + count + " spans" : "")]);
});

const table = document.querySelector("#dispatches tbody");
const all = data.dispatches.reduce((sum, it) => sum + it.total, 0);
for (const it of data.dispatches) {
  const row = table.insertRow();
  for (
    const text of [
      it.name,
      it.count,
      time(it.total),
      all > 0 ? (it.total / all * 100).toFixed(1) + " %" : "",
      time(it.total / it.count),
      time(it.longest),
      it.source ?? "",
    ]
  ) row.insertCell().textContent = text;
}

function drawMemory() {
  const height = 120;
  const { context, width } = surface("memory", height);
  const peak = data.memory.reduce((most, it) => Math.max(most, it.bytes), 1);
  context.fillStyle = "#9c755f88";
  context.beginPath();
  context.moveTo(0, height);
  let level = height;
  for (const it of data.memory) {
    const x = it.time / Math.max(data.duration, 1) * width;
    context.lineTo(x, level);
    level = height - it.bytes / peak * (height - 16);
    context.lineTo(x, level);
  }
  context.lineTo(width, level);
  context.lineTo(width, height);
  context.fill();
  context.fillStyle = "#888";
  context.fillText("peak " + size(data.memory.length > 0 ? peak : 0), 3, 8);
}

function draw() {
  drawTimeline();
  drawFlames();
  drawMemory();
}
addEventListener("resize", draw);
draw();
const count = (category) =>
  data.spans.filter((it) => it.category === category).length;
document.body.dataset.dispatches = count("dispatch");
document.body.dataset.operations = count("vm");
document.body.dataset.ready = "true";
`;
