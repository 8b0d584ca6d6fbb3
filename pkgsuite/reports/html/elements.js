"use strict";
/* Elements, made from text that nobody trusts: it only ever becomes text. */

const SVG = "http://www.w3.org/2000/svg";

const WORDS = {
  passed: "passed", failed: "failed", error: "error", crashed: "crashed", xpassed: "passed unexpectedly",
  xfailed: "failed as expected", skipped: "skipped", unfinished: "did not end", "not run": "not run",
  flaky: "flaky", new: "newly broken",
};

const slug = (state) => state.replaceAll(" ", "-");

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child instanceof Node || typeof child === "string"));
  return element;
}

const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

const draw = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

const glyph = (state) =>
  draw("svg", {class: `glyph state-${slug(state)}`, "aria-hidden": "true"}, draw("use", {href: `#glyph-${slug(state)}`}));

/* Text that may be broken where a dotted name, a path or an option may be. */
const breakable = (text) => text.split(/(?<=[./=|:,])/).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));

function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const pad = (number) => String(number).padStart(2, "0");
  return minutes < 60 ? `${minutes} min ${pad(Math.round(seconds) % 60)} s` : `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let index = 0;
  for (; bytes >= 1024 && index < units.length - 1; index++) bytes /= 1024;
  return `${index && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${units[index]}`;
}

const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
