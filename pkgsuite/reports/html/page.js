/* The page: which test is open, keys, light and dark, and paper. */

const root = document.documentElement;
const overview = document.getElementById("overview");
const opened = document.getElementById("opened");
const detail = document.getElementById("detail");
const printed = document.getElementById("printed");
const BROKEN = ["crashed", "error", "failed", "xpassed", "unfinished"];
const MOST_PRINTED = 20;  // a browser lays out about three a second on paper

const isBroken = (row) => row.states.some((state) => BROKEN.includes(state));

const record = (anchor) => JSON.parse(document.getElementById(`data-${anchor}`).textContent);

const anchorOf = (row) => row.link.hash.slice(1);

/* Show what the address names: a test, or the summary. */
function route() {
  if (location.hash === "#detail") return;
  const row = list.rows.find((each) => anchorOf(each) === location.hash.slice(1));
  root.dataset.view = row ? "test" : "summary";
  overview.hidden = Boolean(row);
  opened.hidden = !row;
  list.mark(row ?? null);
  if (row) {
    const back = make("a", {href: "#", class: "back"}, "← All tests");
    opened.replaceChildren(back, ...testDetails(record(anchorOf(row))));
    row.group.open = true;
    row.element.scrollIntoView({block: "nearest"});
    detail.scrollTo(0, 0);
    document.getElementById("name").focus({preventScroll: true});
  } else {
    opened.replaceChildren();
  }
}

const KEYS = {
  "/": () => { list.field.focus(); list.field.select(); },
  j: () => list.move(1),
  k: () => list.move(-1),
  ArrowDown: () => list.move(1),
  ArrowUp: () => list.move(-1),
  n: () => list.move(1, isBroken),
  N: () => list.move(-1, isBroken),
  Escape: back,
};

function back() {
  const row = list.current;
  location.hash = "";
  list.go(row);
}

const inDetail = () => detail.contains(document.activeElement) || document.activeElement === detail;

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target === list.field) {
    if (event.key === "Escape") list.clear();
    if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      list.current = list.visible().includes(list.current) ? list.current : null;
      return list.current ? list.go(list.current) : list.move(1);
    }
    return undefined;
  }
  if (event.key.startsWith("Arrow") && inDetail()) return undefined;
  const action = KEYS[event.key];
  if (action) {
    event.preventDefault();
    action();
  } else if (event.key === "Enter" && list.current && document.activeElement === document.body) {
    location.hash = anchorOf(list.current);
  }
  return undefined;
}

/* Light or dark: as the system has it, until somebody chooses. */
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
const button = document.getElementById("theme");

function showTheme() {
  button.textContent = isDark() ? "Light" : "Dark";
}

function recall() {
  try {
    return localStorage.getItem("pkgsuite-theme");
  } catch {
    return null;
  }
}

function chooseTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("pkgsuite-theme", root.dataset.theme);
  } catch {
    /* A page without storage forgets. */
  }
  showTheme();
}

/* On paper there is what is open, or every test that did not pass. */
function beforePrint() {
  if (root.dataset.view === "test") return;
  const broken = list.rows.filter(isBroken);
  const first = broken.slice(0, MOST_PRINTED);
  printed.replaceChildren(...first.map((row) => make("article", {}, testDetails(record(anchorOf(row))))));
  const more = broken.length - first.length;
  if (more) printed.append(make("p", {}, `${more} more did not pass: open one to print its details.`));
  for (const element of printed.querySelectorAll("details")) element.open = true;
}

root.classList.add("scripted");
const remembered = recall();
if (remembered) root.dataset.theme = remembered;
showTheme();
button.addEventListener("click", chooseTheme);
system.addEventListener("change", showTheme);
list.field.addEventListener("input", () => list.filter());
document.getElementById("clear").addEventListener("click", () => { list.clear(); list.field.focus(); });
for (const chip of list.chips) chip.addEventListener("click", () => list.press(chip));
document.addEventListener("keydown", onKey);
addEventListener("hashchange", route);
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", () => printed.replaceChildren());
list.filter();
route();
