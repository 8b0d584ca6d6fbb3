"""The window under load: no turn of its loop takes long, however many scenarios there are and however much is said.

What is measured is how much a turn computes, which other programs on the machine do not change; the bounds are generous
for slow machines. `python3 -m benchmarks window` has the figures.
"""

from __future__ import annotations

import unittest

from tests.gui.display import needs_display
from tests.gui.pulse import Pulse
from tests.gui.story import plan, started, test_id
from tests.gui.windows import WindowTest, many_scenarios

MOST_S = 0.5
"""Five times what it may be on a machine of today."""


@needs_display
class Load(WindowTest):
    def test_five_thousand_scenarios_load_and_filter_without_a_stall(self):
        tests = many_scenarios(5000)
        self.there_are(tests)
        self.begin()
        pulse = Pulse(self.root)
        self.settled()
        loading = pulse.busy_s

        for words, shown in (("0042", 1), ("class3 status:idle", 500), ("", 5000)):
            self.app.window.filter.text = words
            self.until(lambda words=words: self.app.window.filter.has_told(words), "it is filtered by")
            self.until(lambda: not self.app.window.tree.has_work, "the tree is built")
            visible = self.app.state.catalogue.scenarios if self.app._shown is None else self.app._shown
            self.assertEqual(shown, len(visible))
        pulse.stop()

        self.assertLess(max(loading, pulse.busy_s), MOST_S)

    def test_a_flood_of_log_lines_does_not_hold_the_loop_up(self):
        one = test_id("one")
        self.there_are([one])
        self.will_happen(plan("one"), started("one"), f"!flood {one} 10000 3", "!stay")
        self.open()
        self.app.window.tree.select(one)
        self.app.tab_3()
        self.turn()
        pulse = Pulse(self.root)

        self.app.run_all()
        self.until(lambda: self.app.state.catalogue.scenarios[one].log.total == 30_000, "all lines have come")
        self.turn()
        pulse.stop()

        self.assertIn("line 29999 of a log", self.app.window.detail.log.sheet.shown)
        self.assertLess(pulse.busy_s, MOST_S)


if __name__ == "__main__":
    unittest.main()
