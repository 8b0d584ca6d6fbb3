"""What there is to show: the list of scenarios, how they fared before, and what this machine lacks.

It is asked for, and taken piece by piece, since a long list takes longer than a turn of the loop may.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from . import dialogs, settings, state
from .conductor import Conductor, entries, findings
from .past import Past
from .state import Change, State
from .window import Window

__all__ = ["Hall", "Library"]

PIECE = 100
"""How many scenarios are taken from a list at a time."""


class Hall(Protocol):
    """What a library needs to know of the window, and tells it."""

    state: State
    memory: settings.Memory
    conductor: Conductor
    window: Window

    def say(self, words: str) -> None:
        """Tell something that is about no scenario."""

    def note(self, *changes: Change) -> None:
        """These are to be painted."""


class Library:
    """The answers of `list`, `history` and `doctor`, for the window of *app*."""

    def __init__(self, app: Hall) -> None:
        self._app = app
        self.has_list = False
        self.found: dict[str, Any] = {}
        self.past = Past()
        self._chores: list[Iterator[None]] = []

    @property
    def is_busy(self) -> bool:
        """Whether not all that was answered is taken yet."""
        return bool(self._chores)

    @property
    def can_run(self) -> bool:
        """Whether scenarios can run here, as far as is known."""
        return bool(self.found.get("can_run", True))

    def work(self, seconds: float) -> None:
        """Go on with what is left to be taken, for about that long."""
        end = time.monotonic() + seconds
        while self._chores and time.monotonic() < end:
            if next(self._chores[0], self) is self:
                self._chores.pop(0)

    def forget(self) -> None:
        """Other scenarios are to be shown: what is left of these does not count."""
        self.has_list = False
        self._chores.clear()

    # Questions

    def ask(self) -> None:
        """Ask for the list of scenarios, and how they fared."""
        conductor = self._app.conductor
        asked = conductor.sources

        def take(status: int, output: str, trouble: str) -> None:
            if conductor.sources is asked:
                self._take_list(entries(output), trouble)

        trouble = conductor.ask(["list", "--json", *asked], take)
        conductor.ask(["history", "--json"], self._take_history)
        if trouble:
            self._app.say(trouble)

    def examine(self) -> None:
        """Ask what this machine can do."""
        self._app.conductor.ask(["doctor", "--json"], self._take_doctor)

    # Answers

    def _take_list(self, found: Sequence[dict[str, Any]], trouble: str) -> None:
        if not found:
            self._app.say(trouble or "There are no scenarios here.")
        self._chores.append(self._listed(found))

    def _listed(self, found: Sequence[dict[str, Any]]) -> Iterator[None]:
        for first in range(0, len(found), PIECE):
            self._app.state.take_list(found[first : first + PIECE])
            yield
        if not self.has_list:
            self.has_list = True
            self._app.state.check(self._app.memory.unchecked or [], False)
        yield
        self._app.note((state.TREE, ""), (state.EVERY, ""), (state.PROGRESS, ""))
        self._greet()
        yield from self._reminded()

    def _take_history(self, status: int, output: str, trouble: str) -> None:
        self.past = Past.read(findings(output))
        self._chores.append(self._reminded())

    def _reminded(self) -> Iterator[None]:
        """Tell scenarios how they fared before, unless they have run since."""
        tests = list(self._app.state.catalogue.scenarios)
        for first in range(0, len(tests), PIECE):
            self._app.note(*self._app.state.take_past(self.past.of, tests[first : first + PIECE]))
            yield

    def _take_doctor(self, status: int, output: str, trouble: str) -> None:
        self.found = findings(output)
        self._greet()

    def _greet(self) -> None:
        """Where nothing is there or nothing can run, tell what this machine lacks instead of showing nothing."""
        tree, detail = self._app.window.tree, self._app.window.detail
        if not self.found or not self.has_list:
            return
        if not len(self._app.state.catalogue) or not self.can_run:
            detail.explain(dialogs.of_doctor(self.found), can_run=self.can_run)
        else:
            detail.explain([])
        if not self.can_run and detail.key == tree.first():
            tree.select("")
