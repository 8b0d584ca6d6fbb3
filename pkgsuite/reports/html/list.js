/* The list: what of it is shown, and which row is the current one. */

const rowsOf = (root) => [...root.querySelectorAll(".row")].map((element) => ({
  element, link: element.firstElementChild, group: element.closest(".group"),
  states: element.dataset.state.split(" "),
  text: `${element.dataset.find} ${element.textContent}`.toLowerCase(),
}));

const list = {
  rows: rowsOf(document),
  groups: [...document.querySelectorAll(".group")],
  chips: [...document.querySelectorAll(".chip")],
  field: document.getElementById("filter"),
  current: null,

  visible() {
    return this.rows.filter((row) => !row.element.hidden);
  },

  /* Show the rows that have every word of the field and one of the pressed states. */
  filter() {
    const words = this.field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = words.filter((word) => word.startsWith("state:")).map((word) => word.slice(6));
    const texts = words.filter((word) => !word.startsWith("state:"));
    const pressed = this.chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.state);
    const isShown = (row) => texts.every((text) => row.text.includes(text))
      && states.every((state) => row.states.some((each) => each.startsWith(state)))
      && (!pressed.length || pressed.some((state) => row.states.includes(state)));
    for (const row of this.rows) row.element.hidden = !isShown(row);
    const shown = this.visible();
    const groups = new Set(shown.map((row) => row.group));
    for (const group of this.groups) {
      group.hidden = !groups.has(group);
      if (words.length || pressed.length) group.open ||= groups.has(group);
    }
    document.getElementById("nothing").hidden = shown.length > 0;
    const all = this.rows.length;
    document.getElementById("shown").textContent = shown.length === all ? counted(all, "test") : `${shown.length.toLocaleString("en")} of ${counted(all, "test")}`;
  },

  clear() {
    this.field.value = "";
    for (const chip of this.chips) chip.setAttribute("aria-pressed", "false");
    this.filter();
  },

  press(chip) {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    this.filter();
  },

  /* Make `row` the current one, and bring it into sight. */
  go(row) {
    if (!row) return;
    row.group.open = true;
    this.mark(row);
    row.link.focus({preventScroll: true});
    row.element.scrollIntoView({block: "nearest"});
  },

  mark(row) {
    this.current?.link.removeAttribute("aria-current");
    row?.link.setAttribute("aria-current", "true");
    this.current = row;
  },

  /* Go `step` rows on from the current one, among those that `fits`. */
  move(step, fits = () => true) {
    const shown = this.visible();
    const start = shown.indexOf(this.current);
    for (let at = start < 0 ? (step > 0 ? 0 : shown.length - 1) : start + step; at >= 0 && at < shown.length; at += step) {
      if (fits(shown[at])) return this.go(shown[at]);
    }
    return undefined;
  },
};
