"""The page in a real browser, with two thousand results: what somebody sees and does."""

from __future__ import annotations

import contextlib
import functools
import tempfile
import unittest
from pathlib import Path

from pkgsuite import events
from pkgsuite.reports.registry import opened as reports_opened
from tests.loopback import setUpModule  # noqa: F401 - unittest calls it
from tests.reports import browser, samples
from tests.reports.browser import DOWN, ENTER, ESCAPE, needs_chromium

COUNT, FEW = 2_000, 40

ROWS = ".row"


@functools.cache
def told(count: int = COUNT) -> tuple[events.Event, ...]:
    """The events of the run."""
    return tuple(samples.run(count))


def tests_with(outcome: str, count: int = COUNT) -> list[str]:
    """The ids of the tests that ended in a certain way."""
    return [event.test for event in told(count) if isinstance(event, events.Result) and event.outcome == outcome]


@needs_chromium
class PageInChromiumTest(unittest.TestCase):
    """One browser for all tests; each opens the page anew, or one of a smaller run."""

    browser: browser.Browser
    page: Path
    small: Path

    @classmethod
    def setUpClass(cls) -> None:
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cls.page, cls.small = place / "page.html", place / "small.html"
        for path, count in ((cls.page, COUNT), (cls.small, FEW)):
            with reports_opened([f"html={path}"]) as reports:
                for event in told(count):
                    reports.event(event)
        cls.browser = stack.enter_context(browser.opened())

    def setUp(self) -> None:
        self.browser.set_scripts(enabled=True)
        self.browser.emulate()
        self.browser.resize(1280, 900)
        self.browser.open(self.page)
        self.browser.complaints()

    def shown(self) -> int:
        """How many rows are to be seen."""
        return self.browser.count(ROWS)

    def focus(self) -> str:
        """The text of what has the focus."""
        return str(self.browser.run("return document.activeElement.innerText"))

    def colour(self, selector: str, name: str = "background-color") -> str:
        """A colour as it is drawn."""
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        return str(self.browser.run(script, selector, name))

    def overflowing(self) -> list[str]:
        """What is wider than the page has room for."""
        return self.browser.run(
            """
            const wide = (element) => element.getClientRects().length
              && element.scrollWidth > element.clientWidth + 1
              && getComputedStyle(element).overflowX !== "hidden"
              && getComputedStyle(element).display !== "inline";
            const elements = document.querySelectorAll("body, main, nav, section, table, td, th, pre, p, li, a, h2");
            return [...elements].filter(wide)
              .map((element) => `${element.tagName} ${element.className}: ${element.textContent.slice(0, 60)}`);
            """
        )

    def test_every_test_has_a_row_and_nothing_is_fetched(self) -> None:
        """The list is whole, and the page is all there is."""
        self.assertEqual(self.shown(), COUNT)
        self.assertEqual(self.browser.text("#shown"), "2,000 tests")
        self.assertEqual(self.browser.run("return performance.getEntriesByType('resource').length"), 0)
        self.assertEqual(self.browser.complaints(), [])

    def test_what_is_typed_narrows_the_list_down(self) -> None:
        """A slash goes to the filter; all words have to be there."""
        wanted = [test for test in self.ids() if "test_upgrade" in test and "expired" in test]

        self.browser.type("/test_upgrade expired")

        self.browser.wait_for(lambda: self.shown() == len(wanted), f"{len(wanted)} rows are left")
        self.assertTrue(0 < len(wanted) < COUNT)
        self.assertEqual(self.browser.text("#shown"), f"{len(wanted)} of 2,000 tests")

    def ids(self) -> tuple[str, ...]:
        """The tests of the plan."""
        plan = told()[0]
        assert isinstance(plan, events.Plan)
        return plan.tests

    def test_escape_clears_the_filter(self) -> None:
        """What was typed is gone, and the rows are back."""
        self.browser.type("/nothing is called like this")
        self.browser.wait_for(lambda: self.shown() == 0, "no row is left")
        self.assertIn("No test matches", self.browser.text("#rows"))

        self.browser.type(ESCAPE)

        self.browser.wait_for(lambda: self.shown() == COUNT, "all rows are back")

    def test_a_count_filters_by_its_outcome(self) -> None:
        """Pressing one shows these tests, another one those too, and again takes it back."""
        failed, crashed = len(tests_with("failed")), len(tests_with("crashed"))

        self.browser.click(".chip[data-state=failed]")
        self.assertEqual(self.shown(), failed)
        self.browser.click(".chip[data-state=crashed]")
        self.assertEqual(self.shown(), failed + crashed)
        self.browser.click(".chip[data-state=failed]")

        self.assertEqual(self.shown(), crashed)
        self.assertEqual(self.browser.count(".chip[aria-pressed=true]"), 1)

    def test_words_for_states_and_tags_filter_too(self) -> None:
        """As in the window: `state:` and `tag:`."""
        self.browser.type("/state:skipped")
        self.browser.wait_for(lambda: self.shown() == len(tests_with("skipped")), "skipped ones are left")

        self.browser.type(" tag:nowhere")

        self.browser.wait_for(lambda: self.shown() == 0, "none has the tag")

    def test_keys_go_through_the_list_and_open_a_test(self) -> None:
        """j, k and arrows move, Enter opens, Escape comes back to the same row."""
        self.browser.type("jjk" + DOWN)
        second = self.focus()
        self.browser.type(ENTER)
        self.browser.wait_for(lambda: self.browser.count("#opened h2") == 1, "the test is opened")

        heading = self.browser.text("#opened h2")
        self.assertIn("".join(heading.split()), "".join(second.split()))
        self.assertEqual(self.browser.count("#overview"), 0)
        self.browser.type(ESCAPE)
        self.browser.wait_for(lambda: self.browser.count("#overview") == 1, "the summary is back")
        self.assertEqual(self.focus(), second)

    def test_n_goes_to_what_did_not_pass(self) -> None:
        """The next one that somebody has to look at has the focus."""
        self.browser.type("nnn")

        state = self.browser.run("return document.activeElement.parentElement.dataset.state").split()[0]
        self.assertIn(state, ("failed", "error", "crashed", "xpassed"))

    def test_an_opened_test_tells_everything(self) -> None:
        """Rules with a difference, commands with output, timeline, changes, curves, history."""
        number = self.ids().index(tests_with("failed")[1])
        self.browser.open(self.page, f"#t{number}")
        self.browser.wait_for(lambda: self.browser.count("#opened h2") == 1, "the test is opened")

        sections = self.browser.run("return [...document.querySelectorAll('#opened h3')].map((e) => e.innerText)")
        names = " ".join(sections)
        for name in ("Rules", "What went wrong", "Timeline", "Commands", "Changed on disk", "CPU and memory", "Logs"):
            self.assertIn(name, names)
        self.assertIn(
            "re-announced after restart", self.browser.text("#opened .line-expected:last-of-type, .difference")
        )
        self.assertGreater(self.browser.count("#opened .line-seen"), 0)
        self.assertIn("error: failed to prepare transaction", self.browser.text("#opened .command[open] pre"))
        self.assertGreaterEqual(self.browser.count("#opened .lane .span"), 3)
        self.assertGreaterEqual(self.browser.count("#opened .curve"), 4)
        self.assertEqual(self.browser.count("#opened .changes li"), 4)
        self.assertEqual(self.browser.complaints(), [])

    def test_every_test_can_be_opened(self) -> None:
        """Whatever became of it, nothing is missing where it is told."""
        self.browser.open(self.small)
        script = "location.hash = arguments[0]; route(); return document.getElementById('opened').innerText"
        for number in range(FEW):
            text = self.browser.run(script, f"#t{number}")

            self.assertIn("python3 -m pkgsuite run", text)
            self.assertNotRegex(text, r"undefined|null|NaN|\[object")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_bar_of_the_timeline_opens_its_command(self) -> None:
        """A click leads from the drawing to the output."""
        number = self.ids().index(tests_with("failed")[1])
        self.browser.open(self.page, f"#t{number}")
        self.browser.wait_for(lambda: self.browser.count(".span-good") == 1, "the timeline is drawn")
        self.assertEqual(self.browser.count(".command[open][data-number='1']"), 0)

        self.browser.click(".span-good")

        self.browser.wait_for(lambda: self.browser.count(".command[open][data-number='1']") == 1, "it opens")

    def test_hostile_names_are_only_text(self) -> None:
        """No name, output or path of a test becomes an element or runs."""
        self.browser.open(self.page, f"#t{COUNT - 1}")
        self.browser.wait_for(lambda: self.browser.count("#opened h2") == 1, "the test is opened")

        self.assertIn("</script><script>document.title='taken'", self.browser.text("#opened h2").replace("\n", ""))
        self.assertIn("did not pass", self.browser.run("return document.title"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('img, iframe, object').length"), 0)
        self.assertEqual(self.browser.run("return document.querySelectorAll('script:not([type])').length"), 1)
        self.assertEqual(self.browser.complaints(), [])

    def test_the_policy_stops_what_would_come_from_elsewhere(self) -> None:
        """Even a script that got in could load and send nothing."""
        script = """
            const done = arguments[arguments.length - 1];
            addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective));
            const image = document.createElement("img");
            image.src = "http://127.0.0.1:9/";
            document.body.append(image);
        """

        self.assertEqual(self.browser.call("POST", "/execute/async", script=script, args=[]), "img-src")

    def test_dark_follows_the_system_and_the_switch(self) -> None:
        """The system decides until the button is pressed; the choice is kept."""
        light = self.colour("body")
        self.browser.emulate(dark=True)
        dark = self.colour("body")

        self.assertEqual((light, dark), ("rgb(238, 241, 245)", "rgb(20, 24, 30)"))
        self.browser.click("#theme")
        self.assertEqual(self.colour("body"), light)
        self.browser.open(self.page)
        self.assertEqual(self.colour("body"), light)
        self.browser.run("localStorage.clear()")

    def test_nothing_is_cut_off_at_any_width(self) -> None:
        """Long ids wrap, tables shrink, and nobody scrolls sideways."""
        for width in (1920, 1280, 1000, 700, 480, 360):
            for fragment in ("", "#t0", "#t1", f"#t{FEW - 1}"):
                with self.subTest(width=width, fragment=fragment):
                    self.browser.resize(width, 900)
                    self.browser.open(self.small, fragment)

                    self.assertEqual(self.overflowing(), [])

    def test_everything_can_be_told_without_eyes(self) -> None:
        """Landmarks, one main heading, a name for each control and drawing, and a word with each sign."""
        self.browser.open(self.small)
        tree = self.browser.develop("Accessibility.getFullAXTree")["nodes"]
        roles = [node["role"]["value"] for node in tree if not node["ignored"]]
        unnamed = [
            node["role"]["value"]
            for node in tree
            if not node["ignored"]
            and node["role"]["value"] in ("button", "link", "searchbox", "image", "navigation", "region")
            and not node["name"]["value"].strip()
        ]

        for role in ("main", "navigation", "banner", "searchbox", "status"):
            self.assertEqual(roles.count(role), 1, role)
        self.assertEqual(unnamed, [])
        self.assertEqual(self.browser.run("return document.querySelectorAll('h1').length"), 1)
        names = [node["name"]["value"] for node in tree if node["role"]["value"] == "link" and not node["ignored"]]
        self.assertGreaterEqual(sum("skipped" in name for name in names), len(tests_with("skipped", FEW)))

    def test_it_can_be_read_without_scripts(self) -> None:
        """The list, the summary and the details of what did not pass are there."""
        self.browser.set_scripts(enabled=False)
        self.browser.open(self.page)
        self.browser.set_scripts(enabled=True)

        self.assertEqual(self.shown(), COUNT)
        self.assertIn("did not pass", self.browser.text("h1"))
        self.assertEqual(self.browser.count("#filter"), 0)
        self.assertIn("connection refused, gave up after 3 tries", self.browser.text("noscript"))

    def test_paper_has_the_details_of_what_did_not_pass(self) -> None:
        """Before it prints the page draws them, and takes them away again."""
        self.browser.open(self.small)
        self.browser.run("dispatchEvent(new Event('beforeprint'))")
        self.browser.emulate(medium="print")

        broken = sum(len(tests_with(each, FEW)) for each in ("failed", "error", "crashed", "xpassed"))
        self.assertEqual(self.browser.count("#printed article"), broken)
        self.assertEqual(self.browser.count("#filter, #theme, .keys"), 0)
        self.browser.run("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(self.browser.run("return document.querySelectorAll('#printed article').length"), 0)
        self.assertTrue(self.browser.paper().startswith(b"%PDF"))

    def test_a_long_run_can_be_printed(self) -> None:
        """With the details of the first that did not pass, and a word on the others."""
        self.browser.run("dispatchEvent(new Event('beforeprint'))")
        self.browser.emulate(medium="print")

        broken = sum(len(tests_with(each)) for each in ("failed", "error", "crashed", "xpassed"))
        drawn = self.browser.count("#printed article")
        self.assertLess(drawn, broken)
        self.assertIn(f"{broken - drawn} more did not pass", self.browser.text("#printed > p"))
        self.assertTrue(self.browser.paper().startswith(b"%PDF"))
