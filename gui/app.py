"""What joins the window to the state and the runner: the loop, and what each action does."""

from __future__ import annotations

import shlex
import time
import tkinter as tk
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType

from . import dialogs, settings, state, telling
from .actions import ALL
from .conductor import Conductor, Wishes, cores
from .errands import Errands
from .estimate import in_words
from .filters import compile_filter, statuses_in, with_status
from .library import Library
from .runner import PKGSUITE
from .state import Change, State
from .theme import Theme
from .window import Window

__all__ = ["App"]

BUDGET_S = 0.012
"""How long one turn of the loop may read events or build the tree."""

BUSY_MS, IDLE_MS = 16, 120
FRAME_S = 0.05
"""The view is painted at most every so often."""

CLOCK_S = 0.5
OPEN_AT_MOST = 60
"""How many scenarios a list may have whose groups are open at first."""


class App:
    """The window of *sources*, the names, files and directories that were asked for; our own without any."""

    def __init__(self, root: tk.Tk, sources: Sequence[str] = (), pkgsuite: Sequence[str] = PKGSUITE) -> None:
        self.root = root
        self.settings, trouble = settings.load(settings.Settings, settings.config_path())
        self.memory, more = settings.load(settings.Memory, settings.state_path())
        self.state = State()
        self.conductor = Conductor(self.state, sources, pkgsuite)
        self.theme = Theme(root, self.settings.theme)
        self.errands = Errands(self)
        self.library = Library(self)
        actions = {action.name: self._action(action.name) for action in ALL}
        self.actions = actions
        self.window = Window(root, self.theme, self.state, actions, self.settings.geometry)
        self._connect()
        self._pending: set[Change] = set()
        self._painted_at = self._clock_at = self._filtered_at = 0.0
        self._shown: set[str] | None = None
        self._closing = self._has_left = False
        for warning in filter(None, (trouble, more)):
            self.say(warning)
        self.reload()
        self.library.examine()
        self._controls()
        self.window.tree.view.focus_set()
        self._tick()

    def _action(self, name: str) -> Callable[[], object]:
        """What an action does: the method of that name, here or among the errands."""
        return getattr(self, name, None) or getattr(self.errands, name)  # type: ignore[no-any-return]

    def _connect(self) -> None:
        window, wanted = self.window, self.settings
        window.tree.on_select = window.detail.select
        window.tree.on_toggle = self._toggle
        window.tree.on_type = window.filter.type
        window.filter.on_change = lambda text: self._filter()
        window.filter.entry.bind("<Down>", lambda _: self._into_tree())
        window.filter.entry.bind("<Return>", lambda _: self._into_tree())
        window.bottom.on_chip = self._chip
        window.bottom.jobs.set(str(wanted.jobs or cores()))
        window.bottom.keeps.set(wanted.keep_failed)
        window.detail.use_clock(time.time)
        window.want_share(wanted.sash / 1000)
        for sequence in ("<Escape>",):
            self.root.bind_class("PkgsuiteKeys", sequence, lambda _: self._escape())
        self.root.bind("<<Narrowed>>", lambda _: self.note((state.PROGRESS, "")))
        self.root.protocol("WM_DELETE_WINDOW", self.quit)

    # The loop

    def _tick(self) -> None:
        """One turn, and then another, whatever went wrong in this one."""
        try:
            self._turn()
        finally:
            if not self._has_left:
                self.root.after(BUSY_MS if self.is_busy else IDLE_MS, self._tick)

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way, or not yet shown."""
        return self.conductor.is_busy or self.library.is_busy or self.window.tree.has_work or bool(self._pending)

    def _turn(self) -> None:
        """Read what came, go on with chores and building, paint what changed."""
        self._pending |= self.conductor.tick(BUDGET_S)
        self.library.work(BUDGET_S)
        tree = self.window.tree
        was_building = tree.is_building
        if tree.has_work:
            tree.work(BUDGET_S)
        if was_building and not tree.is_building:
            self._built()
        now = time.monotonic()
        if self._closing and not self.conductor.is_running:
            self._leave()
        elif now - self._painted_at >= FRAME_S and (self._pending or self.conductor.is_running):
            self._painted_at = now
            self._paint()

    def surprise(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Something went wrong that nobody thought of: tell it once, and go on."""
        if issubclass(kind, KeyboardInterrupt):
            self.quit()
            return
        words = f"Something went wrong in the window: {kind.__name__}: {error}"
        if words not in self.state.notes:
            traceback.print_exception(kind, error, trace)
            self.say(words)

    def note(self, *changes: Change) -> None:
        """These are to be painted."""
        self._pending.update(changes)

    def _paint(self) -> None:
        """Show what changed since the last time."""
        changed, self._pending = self._pending, set()
        window, now = self.window, time.monotonic()
        parts = {part for part, key in changed if key == window.detail.key}
        if (state.TREE, "") in changed:
            self._rebuild()
        if (state.EVERY, "") in changed:
            window.tree.repaint()
            parts.update(state.DETAIL)
        rows = [key for part, key in changed if part == state.ROW]
        if rows:
            window.tree.paint(rows)
            if statuses_in(window.filter.text) and now - self._filtered_at > CLOCK_S:
                self._filter()
        if state.ROW in parts:
            parts |= (
                {telling.HEAD, telling.RULES} if window.detail.key in self.state.catalogue.groups else {telling.HEAD}
            )
        if self.conductor.is_running and now - self._clock_at >= CLOCK_S:
            self._clock_at = now
            scenario = self.state.catalogue.scenarios.get(window.detail.key)
            parts |= {telling.HEAD, telling.TIMELINE} if scenario and scenario.status == "running" else set()
            changed.add((state.PROGRESS, ""))
        window.detail.mark(parts)
        window.detail.freshen()
        if rows or (state.EVERY, "") in changed or (state.PROGRESS, "") in changed:
            self._controls()
        if (state.NOTES, "") in changed:
            self._tell_note()

    def _controls(self) -> None:
        """Show how far the run is, and what can be done."""
        window, progress, catalogue = self.window, self.state.progress, self.state.catalogue
        now, bottom, runs = time.time(), self.window.bottom, self.conductor.is_running
        words = ""
        if progress.tests:
            left = self.state.left(now) if progress.is_running else None
            elapsed = self.state.elapsed(now)
            words = in_words(progress.done, len(progress.tests), elapsed, left, is_running=progress.is_running)
        bottom.progress(self.state.shares(), len(progress.tests), words)
        bottom.count(catalogue.statuses, statuses_in(window.filter.text))
        number, checked, unwell = len(catalogue), len(catalogue.checked), len(self.state.unwell())
        text = f"Run all {number}" if checked == number else f"Run {checked} checked"
        bottom.enable("run_checked", text, not runs and checked > 0)
        bottom.enable("run_failed", f"Run {unwell} failed" if unwell else "Run failed", not runs and unwell > 0)
        bottom.enable("run_this", "Run this", not runs and bool(window.detail.key))
        bottom.enable("stop", "Kill" if progress.is_stopping and runs else "Stop", runs)
        bottom.lock(runs)
        for name, can in {
            "run_checked": not runs and checked > 0,
            "run_all": not runs and number > 0,
            "run_failed": not runs and unwell > 0,
            "run_this": not runs and bool(window.detail.key),
            "run_last": not runs and bool(self._last_run()),
            "stop": runs,
            "kill": runs,
            "export": self.conductor.record.exists() and not runs,
            "open_report": self.conductor.record.exists() and not runs,
        }.items():
            window.menus.enable(name, can)

    # What there is

    def reload(self) -> None:
        """Ask for the list of scenarios."""
        self.library.ask()

    def show_sources(self, sources: Sequence[str]) -> None:
        """Show other scenarios than before."""
        if self.conductor.is_running:
            self.say("A run is on its way; stop it first.")
            return
        self.conductor.sources = list(sources)
        self.library.forget()
        self.window.tree.clear()
        self.state.forget()
        self.window.detail.select("")
        self._shown = None
        self.note((state.TREE, ""), (state.PROGRESS, ""))
        self.reload()

    def _rebuild(self) -> None:
        self._shown = self.state.catalogue.matching(compile_filter(self.window.filter.text))
        self.window.tree.rebuild(self._shown)

    def _built(self) -> None:
        """The tree is whole: open what was open, select something."""
        tree, catalogue = self.window.tree, self.state.catalogue
        if not self.library.has_list or not len(catalogue):
            return
        if self._opens:
            self._opens = False
            remembered = self.memory.expanded
            if remembered is not None:
                tree.open(remembered)
            elif len(catalogue) <= OPEN_AT_MOST:
                tree.open(catalogue.groups)
        elif self._shown is not None and len(self._shown) <= OPEN_AT_MOST:
            tree.open({group.key for test in self._shown for group in catalogue.above(test)})
        if not tree.selected and self.library.can_run:
            tree.select(tree.first())

    _opens = True

    # The filter and the boxes

    def _filter(self) -> None:
        self._filtered_at = time.monotonic()
        self._rebuild()
        self.window.bottom.count(self.state.catalogue.statuses, statuses_in(self.window.filter.text))

    def _chip(self, status: str) -> None:
        self.window.filter.text = with_status(self.window.filter.text, status)

    def _into_tree(self) -> str:
        tree = self.window.tree
        tree.view.focus_set()
        if not tree.selected or not tree.is_seen(tree.selected):
            tree.select(tree.first())
        return "break"

    def _toggle(self, key: str) -> None:
        self._pending |= self.state.toggle(key, self._shown)
        self._paint()

    def find(self) -> None:
        """Go to the filter."""
        self.window.filter.entry.focus_set()
        self.window.filter.entry.selection_range(0, "end")

    def check_all(self) -> None:
        """Check what is shown."""
        self._pending |= self.state.check(self._seen(), True)

    def check_none(self) -> None:
        """Uncheck what is shown."""
        self._pending |= self.state.check(self._seen(), False)

    def _seen(self) -> list[str]:
        return [test for test in self.state.catalogue.scenarios if self._shown is None or test in self._shown]

    def expand(self) -> None:
        """Open every group."""
        self.window.tree.open(self.state.catalogue.groups)

    def collapse(self) -> None:
        """Close every group."""
        self.window.tree.open(self.state.catalogue.groups, False)

    # Runs

    def _run(self, tests: Iterable[str]) -> None:
        wanted = list(tests)
        if self.conductor.is_running or not wanted:
            return
        bottom = self.window.bottom
        jobs = int(bottom.jobs.get() or 0)
        trouble = self.conductor.start(wanted, Wishes(jobs, bottom.keeps.get()))
        if trouble:
            self.say(trouble)
        self._pending |= self.conductor.tick(0.0)
        self._paint()

    def run_all(self) -> None:
        """Run everything."""
        self._run(self.state.catalogue.order())

    def run_checked(self) -> None:
        """Run what is checked."""
        self._run(self.state.checked())

    def run_failed(self) -> None:
        """Run what failed."""
        self._run(self.state.unwell())

    def run_this(self) -> None:
        """Run what is selected, of a group what is shown."""
        tests = self.state.catalogue.tests_in(self.window.detail.key)
        self._run(test for test in tests if self._shown is None or test in self._shown or len(tests) == 1)

    def run_last(self) -> None:
        """Run the last run again."""
        self._run(self._last_run())

    def _last_run(self) -> list[str]:
        last = self.state.last_run or tuple(self.memory.last_run or ())
        return [test for test in last if test in self.state.catalogue]

    def stop(self) -> None:
        """Stop; a second time kill."""
        self._pending |= self.conductor.stop()

    def kill(self) -> None:
        """End the run at once."""
        self._pending |= self.conductor.kill()

    def _escape(self) -> str | None:
        if self.window.filter.text:
            self.window.filter.text = ""
            self.window.tree.view.focus_set()
        elif self.conductor.is_running:
            self.stop()
        else:
            return None
        return "break"

    # Looking around

    def next(self) -> None:
        """Go to the next failure."""
        self._go(1)

    def previous(self) -> None:
        """Go to the failure before."""
        self._go(-1)

    def _go(self, step: int) -> None:
        found = self.state.next_unwell(self.window.detail.key, step)
        if found:
            if self._shown is not None and found not in self._shown:
                self.window.filter.text = ""
                self._filter()
                self.window.tree.work(2.0)
            self.window.tree.select(found)
            self.window.tree.view.focus_set()

    def tab_1(self) -> None:
        """Show rules."""
        self.window.detail.tabs.choose(0)

    def tab_2(self) -> None:
        """Show the timeline."""
        self.window.detail.tabs.choose(1)

    def tab_3(self) -> None:
        """Show the log."""
        self.window.detail.tabs.choose(2)

    def tab_4(self) -> None:
        """Show nodes."""
        self.window.detail.tabs.choose(3)

    def dark(self) -> None:
        """Change from light to dark, and back."""
        self.theme.toggle()
        self.note(*((part, self.window.detail.key) for part in state.DETAIL))
        self._paint()

    def doctor(self) -> None:
        """Show what this machine can do."""
        if self.library.found:
            dialogs.machine(self.theme, self.library.found)

    def keys(self) -> None:
        """Show all keys."""
        dialogs.keys(self.theme)

    def about(self) -> None:
        """Show version and licence."""
        dialogs.about(self.theme, str(self.library.found.get("version", "")))

    def copy(self) -> None:
        """Copy the line that repeats what is selected."""
        key = self.window.detail.key
        if key:
            self.root.clipboard_clear()
            self.root.clipboard_append(shlex.join(["python3", "-m", "pkgsuite", "run", *self.conductor.again(key)]))

    def say(self, words: str) -> None:
        """Tell something that is about no scenario."""
        self._pending |= self.state.say(words)

    def _tell_note(self) -> None:
        self.window.toast.say(self.state.notes[-1] if self.state.notes else "")

    # The end

    def quit(self) -> None:
        """End the run and its nodes, and then the window; a second time at once."""
        if self._closing:
            self._leave()
            return
        self._closing = True
        self._remember()
        self.conductor.hang_up()
        self.root.withdraw()

    def _remember(self) -> None:
        window, catalogue = self.window, self.state.catalogue
        jobs = int(window.bottom.jobs.get() or 0)
        self.settings.geometry = self.root.wm_geometry()
        self.settings.theme = self.theme.palette.name
        self.settings.jobs = jobs if jobs != cores() else 0
        self.settings.keep_failed = window.bottom.keeps.get()
        self.settings.sash = round(1000 * window.left_share)
        settings.save(self.settings, settings.config_path())
        if self.library.has_list and len(catalogue):
            self.memory.unchecked = [test for test in catalogue.scenarios if test not in catalogue.checked]
            self.memory.expanded = window.tree.expanded()
            self.memory.last_run = self._last_run()
            settings.save(self.memory, settings.state_path())

    def _leave(self) -> None:
        self._has_left = True
        self.conductor.close()
        self.root.update_idletasks()
        for job in self.root.tk.splitlist(self.root.tk.call("after", "info")):
            # after_cancel() of the root would take the job's command from the widget that it belongs to.
            self.root.tk.call("after", "cancel", job)
        self.root.destroy()

    # For errands

    @property
    def selected(self) -> str:
        """The key of what is selected."""
        return self.window.detail.key

    def show_run(self, path: Path) -> None:
        """Show the run whose events *path* holds."""
        trouble = self.conductor.replay(path)
        if trouble:
            self.say(trouble)
        else:
            self.library.has_list = True
