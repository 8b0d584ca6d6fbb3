/* Drawings of one attempt: when nodes lived and commands ran, and what they used. */

const TICKS = 7;
const LANES = 4;

/* Round steps of an axis from 0 to `end`: 1, 2 or 5 times a power of ten. */
function ticks(end) {
  const rough = end / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const [factor, unit] = step < 0.1 ? [1000, "ms"] : [1, "s"];
  const places = Math.max(0, -Math.floor(Math.log10(step * factor) + 1e-9));
  const marks = [];
  for (let at = 0; at <= end * 1.0001; at += step) marks.push([at, `${(at * factor).toFixed(places)} ${unit}`]);
  return marks;
}

const percent = (part, whole) => `${Math.min(100, Math.max(0, (100 * part) / whole)).toFixed(3)}%`;

function spanOf(attempt) {
  const ends = attempt.commands.map((each) => (each.at ?? 0) + (each.seconds ?? 0));
  return Math.max(attempt.seconds ?? 0, ...ends, ...attempt.nodes.map((each) => each.to ?? each.from ?? 0)) || 1;
}

/* The lanes of the timeline: a node each, then a machine each, with what is to be drawn in them. */
function lanesOf(attempt, end) {
  const lanes = new Map();
  const lane = (name, kind) => lanes.get(name) ?? lanes.set(name, {name, kind, bars: []}).get(name);
  for (const node of attempt.nodes) {
    if (node.from === null) continue;
    const bar = {from: node.from, to: node.to ?? end, text: node.url || node.kind, state: "alive", still: node.to === null};
    lane(node.node, node.kind).bars.push(bar);
  }
  for (const each of attempt.commands) {
    if (each.at === null) continue;
    const state = each.seconds === undefined ? "running" : each.is_zero ? "good" : "bad";
    const bar = {from: each.at, to: each.seconds === undefined ? end : each.at + each.seconds, text: each.command, state, number: each.number};
    bar.told = each.status ? `${each.status} after ${duration(each.seconds)}` : "did not end";
    lane(each.machine, "machine").bars.push(bar);
  }
  return [...lanes.values()];
}

/* Bars that overlap get rows of their own. */
function stacked(bars) {
  const ends = [];
  for (const bar of bars.sort((one, other) => one.from - other.from)) {
    const free = ends.findIndex((end) => end <= bar.from + 1e-6);
    bar.row = free < 0 ? ends.length : free;
    ends[bar.row] = bar.to;
  }
  return ends.length;
}

const ROW = 34;

function drawBar(bar, end, open) {
  const wide = (bar.to - bar.from) / end > 0.05;
  const mark = bar.state === "bad" ? "✗ " : "";
  const label = wide && draw("foreignObject", {width: "100%", height: "100%"}, make("div", {class: "bar-text"}, mark + bar.text));
  const told = `${bar.text}\n${duration(bar.from)} to ${duration(bar.to)}${bar.told ? `: ${bar.told}` : ""}`;
  const box = draw("rect", {x: 0, y: 0, width: "100%", height: "100%", rx: 2});
  const inner = {x: percent(bar.from, end), y: bar.row * ROW + 5, width: percent(Math.max(bar.to - bar.from, end / 300), end), height: ROW - 8};
  return draw("svg", {...inner, class: `span span-${bar.state} ${bar.still ? "span-still" : ""}`, onclick: () => bar.number && open(bar.number)}, draw("title", {}, told), box, label);
}

/* The whole timeline, or null where no time is known; `open` is called with the number of a command. */
function timeline(attempt, open) {
  const end = spanOf(attempt);
  const lanes = lanesOf(attempt, end);
  if (!lanes.length) return null;
  const marks = ticks(end);
  const grid = () => marks.map(([at]) => draw("line", {x1: percent(at, end), x2: percent(at, end), y1: 0, y2: "100%", class: "tick"}));
  const axis = marks.map(([at, text]) => draw("text", {x: percent(at, end), y: 14, class: `tick-text ${at > 0.95 * end ? "tick-last" : ""}`}, text));
  const rows = lanes.map((lane, index) => {
    const height = stacked(lane.bars) * ROW + 2;
    const words = `${lane.name}: ${lane.bars.map((bar) => `${bar.text} from ${duration(bar.from)} to ${duration(bar.to)}`).join("; ")}`;
    const plot = draw("svg", {class: "plot", height, role: "img", "aria-label": words}, grid(), lane.bars.map((bar) => drawBar(bar, end, open)));
    return make("div", {class: "lane"}, make("div", {class: `lane-name lane-${index % LANES}`}, make("b", {}, breakable(lane.name)), make("small", {}, lane.kind)), plot);
  });
  const legend = "Solid: ended. Dashed: did not end. Thick with ✗: exit status other than 0. Point at a bar for all of it.";
  return make("div", {class: "timeline"},
    make("div", {class: "lane axis"}, make("div", {}), draw("svg", {class: "plot", height: 20, "aria-hidden": "true"}, axis)),
    rows, make("p", {class: "legend"}, legend));
}

/* One curve in a box of its own: `points` are pairs of seconds and values. */
function curve(name, points, end, show, kind) {
  const most = Math.max(...points.map(([, value]) => value));
  const scale = most > 0 ? most * 1.15 : 1;
  const place = ([at, value]) => `${((100 * at) / end).toFixed(2)} ${(40 - (38 * value) / scale).toFixed(2)}`;
  const line = points.map(place).join("L");
  const [first, last] = [points[0][0], points.at(-1)[0]].map((at) => ((100 * at) / end).toFixed(2));
  const box = {viewBox: "0 0 100 40", preserveAspectRatio: "none", class: `curve curve-${kind}`, role: "img"};
  return make("figure", {class: "curve-box"},
    make("figcaption", {}, make("span", {}, `${name} ${show(points.at(-1)[1])}`), make("span", {class: "most"}, `max ${show(most)}`)),
    draw("svg", {...box, "aria-label": `${name} over ${duration(end)}, at most ${show(most)}`},
      draw("path", {d: "M0 20H100", class: "tick"}),
      draw("path", {d: `M${line}L${last} 40L${first} 40z`, class: "area"}),
      draw("path", {d: `M${line}`, class: "line"})));
}

/* CPU and memory of each machine and node. */
function curves(attempt) {
  const end = Math.max(spanOf(attempt), ...attempt.curves.flatMap((each) => each.at.map((at) => at ?? 0)));
  return attempt.curves.filter((each) => each.at.length && each.at[0] !== null).map((each, index) => {
    const cpu = [[0, 0], ...each.at.map((at, number) => [at, each.cpu[number]])];
    const memory = each.at.map((at, number) => [at, each.rss[number]]);
    if (memory.length === 1) memory.unshift([0, memory[0][1]]);
    const kind = attempt.nodes.find((node) => node.node === each.source)?.kind ?? "machine";
    return make("div", {class: "usage"},
      make("div", {class: `lane-name lane-${index % LANES}`}, make("b", {}, breakable(each.source)), make("small", {}, kind)),
      curve("CPU", cpu, end, (value) => `${Math.round(value)} %`, "cpu"),
      curve("RSS", memory, end, size, "rss"));
  });
}
