"""How late the window's loop is at most: while 5,000 scenarios load and are filtered, and at 10,000 log lines a second.

The goals are figures: 100 ms, so that nothing seems to hang, and 50 ms, so that letters come as they are typed. Beside
the window runs a pkgsuite that only plays. What other programs do on the machine makes the loop late too, so let it be
quiet; how much a turn computes, which they do not change, is in a row of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from benchmarks._ratio import Ratio, Row, Unmeasured
from tests.gui.display import HAS_TKINTER
from tests.gui.pulse import Pulse
from tests.gui.story import plan, started, test_id
from tests.gui.windows import WindowTest, many_scenarios

__all__ = ["measure"]

MOST_STALL_S, MOST_LATE_S = 0.1, 0.05
SCENARIOS, LINES_A_SECOND, SECONDS = 5000, 10_000, 10
LOADED = f"the longest stall while {SCENARIOS:,} load and filter"
FLOODED = f"how late at {LINES_A_SECOND:,} log lines a second"


class Watched(WindowTest):
    """A window whose pulse is taken."""

    pulse: Pulse

    def load(self) -> None:
        """Many scenarios come, and are filtered by words and by status."""
        self.there_are(many_scenarios(SCENARIOS))
        self.begin()
        self.pulse = Pulse(self.root)
        self.settled()
        for words in ("0042", "class3", "class3 status:idle", "tag:slow", ""):
            self.app.window.filter.text = words
            self.until(lambda words=words: self.app.window.filter.has_told(words), "it is filtered by")  # type: ignore[misc]
            self.until(lambda: not self.app.is_busy, "the tree is built")
        self.pulse.stop()

    def flood(self) -> None:
        """One scenario says very much, and its log is on show."""
        one = test_id("one")
        self.there_are([one])
        self.will_happen(plan("one"), started("one"), f"!flood {one} {LINES_A_SECOND} {SECONDS}", "!stay")
        self.open()
        self.app.window.tree.select(one)
        self.app.tab_3()
        self.turn()
        self.pulse = Pulse(self.root)
        self.app.run_all()
        log = self.app.state.catalogue.scenarios[one]
        self.until(lambda: log.log.total == LINES_A_SECOND * SECONDS, "all lines have come")
        self.pulse.stop()


def measure() -> Iterator[Row]:
    """The figures beside their goals."""
    for name, title, most in (("load", LOADED, MOST_STALL_S), ("flood", FLOODED, MOST_LATE_S)):
        if not (shutil.which("Xvfb") and HAS_TKINTER):
            yield Unmeasured(title, "no Xvfb or no tkinter: apt-get install xvfb python3-tk")
            continue
        Watched.setUpClass()
        watched = Watched(name)
        watched.debug()
        yield Ratio(title, watched.pulse.late_s, most, 1.0)
        yield Ratio("  of it computed", watched.pulse.busy_s, most, 1.0)
