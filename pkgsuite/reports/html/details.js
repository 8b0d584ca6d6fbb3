/* Everything about one test, section by section; a section that has nothing to say is left out. */

const LABELS = {"=": "", "-": "expected", "+": "seen", "…": "…"};
const LINE_KINDS = {"=": "alike", "-": "expected", "+": "seen", "…": "skipped"};
const MOST_PATHS_OPEN = 60;
const SHORT = 36;

function section(name, count, ...children) {
  const found = children.flat(Infinity).filter((child) => child);
  return found.length ? make("section", {}, make("h3", {}, name, " ", count === null ? null : make("span", {class: "count"}, String(count))), found) : null;
}

const pre = (text, kind = "") => (text ? make("pre", {class: kind, tabindex: "0"}, text.trimEnd()) : null);

const copyButton = (text) =>
  make("button", {type: "button", class: "plain", onclick: async ({target}) => {
    try {
      await navigator.clipboard.writeText(text);
      target.textContent = "Copied";
    } catch {
      target.textContent = "Copy it by hand";
    }
  }}, "Copy");

function heading(test) {
  const last = test.attempts.at(-1);
  const usual = test.usual_s ? ` (usually ${duration(test.usual_s)})` : "";
  const seconds = test.attempts.reduce((sum, each) => sum + (each.seconds ?? 0), 0);
  const facts = [WORDS[test.state], test.attempts.length ? duration(seconds) + usual : null,
    test.file ? `${test.file}${test.line ? `:${test.line}` : ""}` : null,
    last?.worker ? `worker ${last.worker}` : null, ...test.tags.map((tag) => `tag:${tag}`)];
  const marks = [test.is_flaky && "flaky", test.is_new && "new"].filter(Boolean);
  return make("header", {class: "about"},
    make("p", {class: "group-name"}, breakable(test.group)),
    make("h2", {tabindex: "-1", id: "name"}, glyph(test.state), make("span", {}, breakable(test.name))),
    test.description && make("p", {class: "description"}, test.description),
    make("p", {class: "facts"}, facts.filter(Boolean).flatMap((fact, index) => (index ? [" · ", ...breakable(fact)] : [fact]))),
    marks.length ? make("p", {class: "marks"}, marks.map((mark) => make("i", {class: `mark-${mark}`}, glyph(mark), WORDS[mark]))) : null,
    test.past.length ? make("p", {class: "history"}, "Before: ", test.past.slice(-10).map((state) => make("span", {title: WORDS[state] ?? state}, glyph(state), make("span", {class: "unseen"}, `${WORDS[state] ?? state} `))), " Now: ", make("span", {title: WORDS[test.state]}, glyph(test.state))) : null,
    make("p", {class: "again"}, make("code", {}, breakable(test.again)), copyButton(test.again)));
}

function ruleRow(rule) {
  const state = rule.held === undefined ? "not run" : rule.held ? "passed" : "failed";
  const word = {passed: "held", failed: "broken", "not run": "not judged"}[state];
  const cell = (name, text) => make("td", {"data-name": name}, text === undefined ? "" : breakable(text.split("\n").length > 1 ? `${text.split("\n", 1)[0]} ⏎` : text));
  return make("tr", {class: `rule-${slug(state)}`},
    make("th", {scope: "row"}, glyph(state), make("span", {class: "unseen"}, `${word}: `), make("span", {}, breakable(rule.rule))),
    cell("On", rule.machine), cell("Expected", rule.expected), cell("Seen", rule.seen ?? "not judged"));
}

function difference(rule) {
  const lines = rule.lines.map(([mark, text]) => make("tr", {class: `line-${LINE_KINDS[mark]}`}, make("th", {scope: "row"}, LABELS[mark]), make("td", {}, text)));
  return make("figure", {class: "difference"},
    make("figcaption", {}, breakable(rule.rule), `  ·  ${rule.machine}`),
    make("table", {}, make("tbody", {}, lines)));
}

function rules(attempt) {
  if (!attempt.rules.length) return null;
  const held = attempt.rules.filter((rule) => rule.held).length;
  const head = make("tr", {}, ["Rule", "On", "Expected", "Seen"].map((name) => make("th", {scope: "col"}, name)));
  const isLong = (rule) => rule.lines && (rule.lines.length > 2 || rule.lines.some(([, text]) => text.length > SHORT));
  return section("Rules", `${held}/${attempt.rules.length}`,
    make("table", {class: "rules"}, make("thead", {}, head), make("tbody", {}, attempt.rules.map(ruleRow))),
    attempt.rules.filter(isLong).map(difference));
}

function command(each, isOpen) {
  const ended = each.status !== undefined;
  const state = !ended ? "unfinished" : each.is_zero ? "passed" : "failed";
  const usage = ended ? `${each.status} after ${duration(each.seconds)} · CPU ${duration(each.cpu_s)} · at most ${size(each.peak)} of memory` : "did not end";
  return make("details", {class: "command", open: isOpen, "data-number": each.number},
    make("summary", {}, glyph(state), make("span", {class: "name"}, make("span", {class: "machine"}, `${each.machine}$ `), breakable(each.command)),
      make("span", {class: "time"}, ended ? duration(each.seconds) : "")),
    make("p", {class: "facts"}, usage),
    make("p", {class: "facts"}, make("code", {}, breakable(each.line))),
    ended && (pre(each.output) ?? make("p", {class: "facts"}, "It wrote nothing.")),
    each.log && make("p", {class: "facts"}, "All of it: ", make("code", {}, breakable(each.log))));
}

function commands(attempt) {
  const bad = attempt.commands.filter((each) => !each.is_zero).length;
  const isOpen = (each) => !each.is_zero || attempt.commands.length === 1;
  return section("Commands", attempt.commands.length, attempt.commands.map((each) => command(each, isOpen(each) || (!bad && each === attempt.commands.at(-1)))),
    attempt.waiting.length ? [make("p", {class: "facts"}, "Never began:"), pre(attempt.waiting.join("\n"))] : null);
}

const CHANGES = [["created", "+"], ["modified", "~"], ["deleted", "−"]];

function changes(attempt) {
  const total = attempt.changes.flatMap((each) => CHANGES.map(([name]) => each[name].length)).reduce((sum, each) => sum + each, 0);
  const lines = (each) => CHANGES.flatMap(([name, sign]) => each[name].map((path) =>
    make("li", {class: `change-${name}`}, make("span", {class: "sign", "aria-hidden": "true"}, sign), make("span", {class: "kind"}, name), make("code", {}, breakable(path)))));
  return section("Changed on disk", total, attempt.changes.map((each) => {
    const found = lines(each);
    return make("details", {class: "changes", open: found.length <= MOST_PATHS_OPEN}, make("summary", {}, make("b", {}, each.machine), ` ${counted(found.length, "path")}`), make("ul", {}, found));
  }));
}

function processes(attempt) {
  const rows = attempt.curves.flatMap((each) => each.processes.map((process) =>
    make("tr", {}, make("th", {scope: "row"}, each.source), make("td", {}, breakable(process.name)), make("td", {class: "number"}, String(process.pid)), make("td", {class: "number"}, duration(process.cpu_s)), make("td", {class: "number"}, size(process.rss)))));
  if (!rows.length) return null;
  const head = make("tr", {}, ["On", "Process", "PID", "CPU", "Memory"].map((name) => make("th", {scope: "col"}, name)));
  return make("details", {class: "processes"}, make("summary", {}, "Processes when last looked"), make("table", {}, make("thead", {}, head), make("tbody", {}, rows)));
}

function sayings(attempt) {
  const logs = [...attempt.nodes.filter((node) => node.log).map((node) => ({source: node.node, text: node.log})), ...attempt.logs];
  return section("Logs", null, logs.map((each) => make("details", {class: "log"}, make("summary", {}, make("b", {}, breakable(each.source))), pre(each.text))));
}

function output({output}) {
  if (!output) return null;
  const more = output.size > output.text.length ? `The end of ${size(output.size)}. ` : "";
  return section("Output of the test", null, more && make("p", {class: "facts"}, more), pre(output.text), output.log && make("p", {class: "facts"}, "All of it: ", make("code", {}, breakable(output.log))));
}

function attemptSections(attempt) {
  const open = (number) => {
    const element = document.querySelector(`#opened [data-number="${number}"]`);
    element.open = true;
    element.scrollIntoView({block: "nearest"});
  };
  const drawn = timeline(attempt, open);
  const used = curves(attempt);
  const told = attempt.details || attempt.reason;
  return [
    rules(attempt),
    told && section(attempt.state === "skipped" ? "Why it was skipped" : "What went wrong", null, pre(told, "told")),
    drawn && section("Timeline", null, drawn),
    commands(attempt),
    changes(attempt),
    used.length ? section("CPU and memory", null, used, processes(attempt)) : null,
    sayings(attempt),
    output(attempt),
    attempt.kept.length ? section("Kept sandboxes", attempt.kept.length, attempt.kept.map((each) => make("p", {class: "facts"}, `${each.machine}: `, make("code", {}, breakable(each.path))))) : null,
    attempt.notes.length ? section("Notes", null, attempt.notes.map((note) => make("p", {}, note))) : null,
    attempt.left_out.length ? section("Left out", null, make("p", {}, `This report would be too big with all of them: ${attempt.left_out.join(", ")}.`)) : null,
  ].filter(Boolean);
}

/* All of one test, from its record. */
function testDetails(test) {
  const many = test.attempts.length > 1;
  const attempts = test.attempts.map((attempt, index) => {
    const parts = attemptSections(attempt);
    if (!many) return parts;
    const state = attempt.state;
    return make("details", {class: "attempt", open: state === test.state}, make("summary", {}, glyph(state), make("b", {}, `Attempt ${index + 1} of ${test.attempts.length}`), ` ${WORDS[state]}`), parts);
  });
  return [heading(test), ...attempts.flat(), !test.attempts.length && make("p", {}, "The run ended before this test began.")].filter(Boolean);
}
